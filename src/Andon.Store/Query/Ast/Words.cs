using System.Collections.Frozen;

namespace Andon.Store.Query.Ast;

/// <summary>Words that are not names, and what a plain name looks like.</summary>
internal static class Words
{
    /// <summary>Relations written as words; each also with a leading "!" where Kusto has it.</summary>
    public static readonly FrozenSet<string> Relations = new[]
    {
        "has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "contains", "contains_cs",
        "startswith", "startswith_cs", "endswith", "endswith_cs",
    }.SelectMany(w => new[] { w, "!" + w }).Concat(["==", "!=", "=~", "!~", "<", "<=", ">", ">=", "matches regex"]).ToFrozenSet();

    public static readonly FrozenSet<string> ListRelations = new[] { "in", "in~", "!in", "!in~", "has_any", "has_all" }.ToFrozenSet();

    static readonly FrozenSet<string> Reserved = new[]
    {
        "and", "or", "by", "asc", "desc", "nulls", "in", "has_any", "has_all", "between", "matches", "true", "false", "null", "on", "with", "let",
        "has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "contains", "contains_cs",
        "startswith", "startswith_cs", "endswith", "endswith_cs",
        "datetime", "dynamic", "time", "timespan", "guid", "long", "int", "real", "double", "decimal", "bool", "string",
    }.ToFrozenSet();

    public static bool IsReserved(string word) => Reserved.Contains(word);

    public static bool IsStart(char c) => char.IsAsciiLetter(c) || c == '_';
    public static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>May this name stand bare (<c>source.ip</c>), or does it need brackets (<c>['user-agent']</c>)?</summary>
    public static bool IsPlainPath(string name)
    {
        if (name.Length == 0 || IsReserved(name)) return false;
        var start = true;
        for (var i = name[0] == '@' ? 1 : 0; i < name.Length; i++)
        {
            var c = name[i];
            if (start)
            {
                if (!IsStart(c)) return false;
                start = false;
            }
            else if (c == '.') start = true;
            else if (!IsPart(c)) return false;
        }
        // A first segment that is a word of the language would be read as that word.
        return !start && !IsReserved(name.Split('.')[0]);
    }

    /// <summary>The nearest of some names by edit distance, when it is near enough to be meant.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> names)
    {
        if (wrong.Length < 3) return null;
        string? best = null;
        var least = Math.Max(1, Math.Min(3, wrong.Length / 3)) + 1;
        foreach (var name in names)
        {
            if (Math.Abs(name.Length - wrong.Length) >= least) continue;
            var d = Distance(wrong, name);
            if (d < least) (best, least) = (name, d);
        }
        return best;
    }

    static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + same));
            }
        }
        return row[b.Length];
    }
}
