using Andon.Model;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Collects what is wrong in one file. All findings at once, never the first alone.</summary>
sealed class FindingSink(string file)
{
    readonly List<Finding> all = [];

    public string File { get; } = file;
    public IReadOnlyList<Finding> All => all;
    public int Errors { get; private set; }
    /// <summary>Findings made, listed or not.</summary>
    public int Count { get; private set; }

    public void Error(string code, Mark at, string message, string hint) => Put(code, at, message, hint, FindingLevel.Error);
    public void Warn(string code, Mark at, string message, string hint) => Put(code, at, message, hint, FindingLevel.Warning);
    public void Note(string code, Mark at, string message, string hint) => Put(code, at, message, hint, FindingLevel.Note);

    public string Place(Mark at) => at.Line == 0 ? File : $"{File}:{at}";

    void Put(string code, Mark at, string message, string hint, FindingLevel level)
    {
        if (level == FindingLevel.Error) Errors++;
        Count++;
        if (Count <= Limits.FindingsMax) all.Add(new(code, message, hint, Place(at), level));
        else if (Count == Limits.FindingsMax + 1)
            all.Add(new("SIG099", $"There are more than {Limits.FindingsMax} findings in this file; the rest is not listed.", "Mend these first.", File, FindingLevel.Error));
    }
}
