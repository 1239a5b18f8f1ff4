using System.Text.RegularExpressions;
using Andon.Model;

namespace Andon.Intake.Sources;

/// <summary>Names of sources: <c>site-env-role-product-nn</c>, lower case, so that lists sort and rules for groups can lean on them.</summary>
static partial class Naming
{
    static readonly string[] Environments = ["prod", "test", "dev", "stage", "lab"];

    [GeneratedRegex("^[a-z0-9]{2,12}-(prod|test|dev|stage|lab)-[a-z0-9]{2,16}-[a-z0-9]{2,16}-[0-9]{2,3}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();

    public static IReadOnlyList<Finding> Lint(Source source, IEnumerable<Source> all)
    {
        var name = source.Card.Name;
        if (name.Length == 0) return [new("INT060", "The source has no name.", $"For example {Suggest(source, all)}.", source.Id, FindingLevel.Note)];
        var findings = new List<Finding>();
        if (!Pattern().IsMatch(name)) findings.Add(new("INT061", $"'{name}' is not site-env-role-product-nn.", $"For example {Suggest(source, all)}.", source.Id, FindingLevel.Warning));
        if (all.FirstOrDefault(s => s != source && string.Equals(s.Card.Name, name, StringComparison.OrdinalIgnoreCase)) is { } twin)
            findings.Add(new("INT062", $"'{name}' names {twin.Id} too.", $"For example {Suggest(source, all)}.", source.Id, FindingLevel.Warning));
        return findings;
    }

    /// <summary>How many sources have each name.</summary>
    public static IReadOnlyDictionary<string, int> Counts(IEnumerable<Source> all) =>
        all.Where(s => s.Card.Name.Length > 0).GroupBy(s => s.Card.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.Count(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The same for lists: a code only, by how many sources have each name.</summary>
    public static string Code(string name, IReadOnlyDictionary<string, int> names) =>
        name.Length == 0 ? "INT060" : !Pattern().IsMatch(name) ? "INT061" : names.GetValueOrDefault(name) > 1 ? "INT062" : "";

    /// <summary>The best name that can be made of what is known; the first number that is free.</summary>
    public static string Suggest(Source source, IEnumerable<Source> all)
    {
        var words = source.Card.Name.Split(['-', '_', '.', ' '], StringSplitOptions.RemoveEmptyEntries).Select(w => w.ToLowerInvariant()).ToList();
        var host = source.Host.Split('.')[0].ToLowerInvariant();
        var site = Plain(source.Card.Unit.Length > 0 ? source.Card.Unit : source.Host.Contains('.', StringComparison.Ordinal) && !char.IsAsciiDigit(source.Host[0]) ? source.Host.Split('.')[1] : "main", 12);
        var env = words.Concat(source.Card.Tags.Select(t => t.ToLowerInvariant())).FirstOrDefault(Environments.Contains) ?? "prod";
        var role = Plain(host.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), 16);
        var product = Plain(source.Dataset, 16);
        var stem = $"{site}-{env}-{(role.Length < 2 ? "host" : role)}-{product}-";
        var taken = all.Where(s => s != source).Select(s => s.Card.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        for (var n = 1; ; n++)
            if (!taken.Contains(stem + n.ToString("00", System.Globalization.CultureInfo.InvariantCulture))) return stem + n.ToString("00", System.Globalization.CultureInfo.InvariantCulture);
    }

    static string Plain(string text, int max)
    {
        var plain = string.Concat(text.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
        return plain.Length < 2 ? (plain + "xx")[..2] : plain[..Math.Min(max, plain.Length)];
    }
}
