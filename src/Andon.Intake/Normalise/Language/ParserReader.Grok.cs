using System.Text;

namespace Andon.Intake.Normalise.Language;

/// <summary>The part of grok that says the same as a line: patterns by name, text, escapes, optional groups and choices. Nothing is tried again and again.</summary>
sealed partial class ParserReader
{
    static readonly Dictionary<string, string> GrokFits = new(StringComparer.Ordinal)
    {
        ["IP"] = ":ip", ["IPV4"] = ":ip", ["IPV6"] = ":ip", ["IPORHOST"] = ":a", ["HOSTNAME"] = ":a", ["HOST"] = ":a", ["NOTSPACE"] = ":a", ["URI"] = ":a", ["URIPATH"] = ":a", ["URIPATHPARAM"] = ":a", ["PATH"] = ":a", ["UNIXPATH"] = ":a", ["WINPATH"] = ":any",
        ["INT"] = ":n", ["POSINT"] = ":n", ["NONNEGINT"] = ":n", ["NUMBER"] = ":a", ["BASE10NUM"] = ":a", ["BASE16NUM"] = ":x", ["WORD"] = ":w", ["USERNAME"] = ":w", ["USER"] = ":w", ["PROG"] = ":a", ["LOGLEVEL"] = ":w", ["MONTH"] = ":w", ["MAC"] = ":a",
        ["UUID"] = ":a", ["EMAILADDRESS"] = ":a", ["QUOTEDSTRING"] = ":q", ["QS"] = ":q", ["DATA"] = ":any", ["GREEDYDATA"] = ":any", ["TIMESTAMP_ISO8601"] = ":any", ["HTTPDATE"] = ":any", ["SYSLOGTIMESTAMP"] = ":any", ["TIME"] = ":a", ["DATE"] = ":a",
    };

    IEnumerable<LineForm> Grok(string text, long line)
    {
        var made = new StringBuilder();
        var greedy = text.LastIndexOf("%{GREEDYDATA", StringComparison.Ordinal);
        var depth = 0;
        for (var i = text.StartsWith('^') ? 1 : 0; i < text.Length; i++)
        {
            var rest = text.AsSpan(i);
            if (rest.StartsWith("%{"))
            {
                var close = text.IndexOf('}', i);
                var parts = close < 0 ? [] : text[(i + 2)..close].Split(':');
                if (parts.Length is 0 or > 3 || !GrokFits.TryGetValue(parts[0], out var fit))
                {
                    yaml.Say("PAR168", $"{(parts.Length > 0 ? parts[0] : text[i..])} is no known pattern.", $"Known are {string.Join(", ", GrokFits.Keys)}.", line);
                    return [];
                }
                made.Append("%{").Append(i == greedy && depth == 0 ? ">" : "").Append(parts.Length > 1 ? parts[1].Trim('[', ']').Replace("][", ".", StringComparison.Ordinal) + fit : "").Append('}');
                i = close;
            }
            else if (rest.StartsWith("(?:")) (depth, i) = (depth + 1, Open(made, text, i, 3));
            else if (rest[0] == '(') (depth, i) = (depth + 1, Open(made, text, i, 1));
            else if (rest[0] == ')' && depth > 0)
            {
                depth--;
                var optional = rest.Length > 1 && rest[1] == '?';
                made.Append(optional ? "%]" : "%)");
                if (optional) i++;
            }
            else if (rest[0] == '|' && depth > 0) made.Append("%|");
            else if (rest.StartsWith("\\s+") || rest.StartsWith("\\s*")) (i, _) = (i + 2, made.Append(' '));
            else if (rest.StartsWith("\\s")) (i, _) = (i + 1, made.Append(' '));
            else if (rest[0] == '\\' && rest.Length > 1 && !char.IsAsciiLetterOrDigit(rest[1])) made.Append(text[++i]);
            else if (rest[0] == '$' && rest.Length == 1) break;
            else if (rest[0] is '*' or '+' or '?' or '[' or '{' or '\\' or '^' or '$')
            {
                yaml.Say("PAR169", $"'{rest[0]}' at character {i} is no part of grok that is known here.", "Use named patterns, text, (?:…)? and (a|b); write other signs with a backslash.", line);
                return [];
            }
            else made.Append(rest[0]);
        }
        return [.. Expand(made.ToString(), line).Select(form => FormOf(form, text, -1, line)).OfType<LineForm>()];
    }

    // Whether a group may be missing stands behind its end.
    static int Open(StringBuilder made, string text, int at, int length)
    {
        var depth = 0;
        for (var i = at; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '(') depth++;
            else if (text[i] == ')' && --depth == 0)
            {
                made.Append(i + 1 < text.Length && text[i + 1] == '?' ? "%[" : "%(");
                break;
            }
        }
        return at + length - 1;
    }
}
