namespace Andon.Tests.Power.Cut;

/// <summary>What cuts came to.</summary>
sealed class CutReport
{
    public int Cuts { get; set; }
    public long Acknowledged { get; set; }
    public long Facts { get; set; }
    public long Lost { get; set; }
    public long LostFacts { get; set; }
    public long Doubled { get; set; }
    /// <summary>Lines of a followed file that were read again behind the last mark on disk.</summary>
    public long ReadAgain { get; set; }
    public long Unsent { get; set; }
    /// <summary>Times that the house said that it set torn bytes aside, and how many those were.</summary>
    public int TornTails { get; set; }
    public long TornBytes { get; set; }
    /// <summary>Writes and flushes that were made to fail.</summary>
    public int Faults { get; set; }
    public List<string> Wrong { get; } = [];
    /// <summary>Findings of warning or error that the house raised by itself after a cut, by code.</summary>
    public SortedDictionary<string, int> Findings { get; } = new(StringComparer.Ordinal);

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Cuts} cuts{(Faults > 0 ? $", {Faults} failed calls" : "")}: {Acknowledged} events and {Facts} facts acknowledged before them; lost {Lost} and {LostFacts}, doubled {Doubled}, never sent {Unsent}, read again from a file {ReadAgain}; {TornBytes} bytes of {TornTails} torn tails set aside; findings {string.Join(' ', Findings.Select(f => $"{f.Key}×{f.Value}"))}");
}
