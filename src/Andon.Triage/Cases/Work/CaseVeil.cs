using System.Globalization;
using System.Text.RegularExpressions;

namespace Andon.Triage.Cases.Work;

/// <summary>Reasons are written once and for all readers; the numbers of cases in them are taken out for who may not know of those.</summary>
internal static partial class CaseVeil
{
    [GeneratedRegex(@"\b[Cc]ase (?<number>[0-9]{1,9})\b")]
    private static partial Regex Named();

    public static string Over(string text, HashSet<int> hidden) => hidden.Count == 0 || !text.Contains("ase ", StringComparison.Ordinal) ? text
        : Named().Replace(text, m => hidden.Contains(int.Parse(m.Groups["number"].Value, CultureInfo.InvariantCulture)) ? m.Value[0] == 'C' ? "Another case" : "another case" : m.Value);
}
