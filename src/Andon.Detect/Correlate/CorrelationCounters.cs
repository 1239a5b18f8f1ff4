using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.Correlate;



/// <summary>What a correlation could not count, with samples, and the findings about it. Each is raised at the first, the tenth, the hundredth … time.</summary>
sealed class CorrelationCounters
{
    readonly List<Finding> pending = [];

    /// <summary>Hits without one of the group-by or counted fields.</summary>
    public long Missing { get; private set; }
    /// <summary>Hits that came later than windows wait.</summary>
    public long Late { get; private set; }
    /// <summary>Groups given up while they still could have fired.</summary>
    public long Evicted { get; private set; }
    /// <summary>Events taken out of a full window before their time, and events that came out of order into one too full to look at anew.</summary>
    public long Cut { get; private set; }
    /// <summary>Values of arrays beyond the most that become groups, and values longer than what is compared.</summary>
    public long Shortened { get; private set; }
    public long NotNumbers { get; private set; }

    public List<NotCounted> Samples { get; } = [];

    public void Miss(CorrelationDocument d, EventId id, long timeMs, string field) => Count(d, "DET010", ++Missing, id, timeMs, $"no value in '{field}'");
    public void BeLate(CorrelationDocument d, EventId id, long timeMs, long behindMs) => Count(d, "DET012", ++Late, id, timeMs, $"{behindMs / 1000} s later than windows wait");
    public void Evict(CorrelationDocument d) => Count(d, "DET011", ++Evicted);
    public void CutOff(CorrelationDocument d, long rows, EventId id, long timeMs)
    {
        var before = Cut;
        Cut += rows;
        if (before == 0 || Digits(before) != Digits(Cut)) Raise(d, "DET013", Cut);
        Sample(id, timeMs, "the window is full");
    }
    public void Shorten(CorrelationDocument d, EventId id, long timeMs, string why) => Count(d, "DET014", ++Shortened, id, timeMs, why);
    public void NoNumber(CorrelationDocument d, EventId id, long timeMs, string value) => Count(d, "DET015", ++NotNumbers, id, timeMs, $"'{value}' is not a number");

    /// <summary>Findings since the last call.</summary>
    public void Drain(List<Finding> into)
    {
        into.AddRange(pending);
        pending.Clear();
    }

    /// <summary>A reload changed what is gathered: what there was cannot be used.</summary>
    public void StartAnew(CorrelationDocument d) => pending.Add(new("DET016", $"'{d.Header.Title}' was changed in more than its threshold; what it had gathered is gone and it begins anew.",
        "Nothing: one timespan from now it is complete again.", d.Header.RuleId, FindingLevel.Note));

    /// <summary>All that is wrong now.</summary>
    public IEnumerable<Finding> Findings(CorrelationDocument d)
    {
        foreach (var (code, count) in new[] { ("DET010", Missing), ("DET011", Evicted), ("DET012", Late), ("DET013", Cut), ("DET014", Shortened), ("DET015", NotNumbers) })
            if (count > 0) yield return Of(d, code, count);
    }

    void Count(CorrelationDocument d, string code, long count, EventId? id = null, long timeMs = 0, string why = "")
    {
        if (count == 1 || Digits(count) != Digits(count - 1)) Raise(d, code, count);
        if (id is { } known && (Samples.Count < Limits.CorrelationSamplesMax || !Samples.Exists(s => s.Why == why) || count % 64 == 0)) Sample(known, timeMs, why);
    }

    void Sample(EventId id, long timeMs, string why)
    {
        if (Samples.Count >= Limits.CorrelationSamplesMax) Samples.RemoveAt(0);
        Samples.Add(new(id.ToString(), timeMs, why));
    }

    void Raise(CorrelationDocument d, string code, long count) => pending.Add(Of(d, code, count));

    static int Digits(long n) => n < 10 ? 1 : 1 + Digits(n / 10);

    static Finding Of(CorrelationDocument d, string code, long count)
    {
        var (what, hint) = code switch
        {
            "DET010" => ("hits had no value in a field it groups by or counts, and were not counted.", "Group by a field that the events have."),
            "DET011" => ("groups were given up because there were too many; what they would have shown is not seen.", "Group by fewer fields, or shorten the timespan."),
            "DET012" => ("hits came later than its windows wait, and were not counted.", "Check the clocks and the delay of the sources."),
            "DET013" => ("events did not fit into full windows and were not counted.", "Narrow the rules, or shorten the timespan."),
            "DET014" => ("values were cut off: members of long arrays, or text too long to compare.", "Use a field with one short value."),
            _ => ("values were not numbers and were left out.", "Use a numeric field."),
        };
        return new(code, $"'{d.Header.Title}': {count} {what}", hint, d.Header.RuleId, FindingLevel.Warning);
    }
}
