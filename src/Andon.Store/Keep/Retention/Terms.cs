using System.Text.RegularExpressions;
using Andon.Model;

namespace Andon.Store.Keep.Retention;

/// <summary>What may be said of a class. Pure, so that the rules are tested without a store.</summary>
static partial class Terms
{
    /// <summary>What JSON left out is empty.</summary>
    public static RetentionTerms Whole(RetentionTerms terms) => terms with { Sources = terms.Sources ?? [], Datasets = terms.Datasets ?? [], Types = terms.Types ?? [], Contract = terms.Contract ?? "" };

    public static bool Same(RetentionTerms? a, RetentionTerms b) => a is not null
        && (a.Order, a.Days, a.BytesMax, a.Contract) == (b.Order, b.Days, b.BytesMax, b.Contract)
        && a.Sources.SequenceEqual(b.Sources) && a.Datasets.SequenceEqual(b.Datasets) && a.Types.SequenceEqual(b.Types);

    /// <summary>Everything wrong with it, at once.</summary>
    public static IReadOnlyList<Finding> Refuse(string name, RetentionTerms terms, int classes)
    {
        var wrong = new List<Finding>();
        if (!Name().IsMatch(name)) wrong.Add(new("KEP010", $"'{name}' is no name of a class.", "1 to 64 lower-case letters, digits, dots, dashes or underscores.", "/classId"));
        if (classes >= KeepLimits.ClassesMax) wrong.Add(new("KEP011", $"There are {classes} classes already.", $"{KeepLimits.ClassesMax} at most (ClassesMax): take one away.", "/classId"));
        if (terms.Days is < 1 or > KeepLimits.DaysMax) wrong.Add(new("KEP012", $"{terms.Days} days cannot be kept.", $"1 to {KeepLimits.DaysMax}, or none to keep them until someone says otherwise.", "/terms/days"));
        if (terms.BytesMax is < 1) wrong.Add(new("KEP013", "A bound of bytes is above zero.", "Leave it out to set none.", "/terms/bytesMax"));
        var patterns = terms.Sources.Concat(terms.Datasets).Concat(terms.Types).ToList();
        if (patterns.Count > KeepLimits.PatternsMax) wrong.Add(new("KEP014", $"{patterns.Count} patterns are too many.", $"{KeepLimits.PatternsMax} at most (PatternsMax); a star stands for any text.", "/terms"));
        if (patterns.Any(p => p is null || p.Length is 0 or > KeepLimits.PatternCharsMax)) wrong.Add(new("KEP015", "A pattern is empty or too long.", $"1 to {KeepLimits.PatternCharsMax} characters.", "/terms"));
        if (terms.Contract.Length > KeepLimits.TextCharsMax) wrong.Add(new("KEP016", "The contract's text is too long.", $"{KeepLimits.TextCharsMax} characters at most; name the document instead.", "/terms/contract"));
        if (RetentionBook.IsBuiltIn(name) && patterns.Count > 0) wrong.Add(new("KEP017", $"The class {name} takes no patterns: it is for what no other class takes, the alerts, or the raw records.", "Make a class of your own.", "/terms"));
        if (!RetentionBook.IsBuiltIn(name) && patterns.Count == 0) wrong.Add(new("KEP018", $"The class {name} names no source, dataset or type.", "Name at least one; what fits no class is of the class default.", "/terms"));
        if (name == RetentionBook.Records && (terms.Days is null || terms.BytesMax is not null)) wrong.Add(new("KEP019", "Raw records are kept for a number of days; their bytes are bounded by the record log itself.", "Name days and no bytes.", "/terms"));
        return wrong;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
