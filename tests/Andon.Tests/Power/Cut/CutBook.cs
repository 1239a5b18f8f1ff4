using System.Collections.Concurrent;

namespace Andon.Tests.Power.Cut;

/// <summary>
/// What clients were promised, and when: the length of the journal at that moment. A promise binds a cut that lies behind it.
/// </summary>
sealed class CutBook
{
    readonly ConcurrentQueue<(int Number, string Door, long At)> acknowledged = new();
    readonly ConcurrentQueue<(string Path, string Mark, long At)> answered = new();
    int sent;

    public string Journal { get; set; } = "";
    public int Sent => Volatile.Read(ref sent);
    public IReadOnlyCollection<(string Path, string Mark, long At)> Answered => answered;

    /// <summary>Text of a line that has a number; no two lines ever have the same.</summary>
    public static string Line(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cut-{number:D8}-");

    /// <summary>So many new numbers; the first of them.</summary>
    public int Take(int count) => Interlocked.Add(ref sent, count) - count;

    public long Now => new FileInfo(Journal).Length;

    public void Acknowledge(string door, IEnumerable<int> numbers)
    {
        var at = Now;
        foreach (var number in numbers) acknowledged.Enqueue((number, door, at));
    }

    /// <summary>An API write answered 200: what a GET of that path must hold from now on.</summary>
    public void Answer(string path, string mark) => answered.Enqueue((path, mark, Now));

    /// <summary>What was promised before that place of the journal.</summary>
    public IReadOnlyList<(int Number, string Door)> Promised(long cut) => [.. acknowledged.Where(a => a.At <= cut).Select(a => (a.Number, a.Door))];

    /// <summary>All that was promised until now was promised on an earlier disk, so it binds every cut from here on.</summary>
    public void Settle(IReadOnlyCollection<(int Number, string Door)> events, IReadOnlyCollection<(string Path, string Mark)> facts)
    {
        acknowledged.Clear();
        answered.Clear();
        foreach (var (number, door) in events) acknowledged.Enqueue((number, door, 0));
        foreach (var (path, mark) in facts) answered.Enqueue((path, mark, 0));
    }
}
