using System.Text;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// Literals of which every match of a regular expression must hold one, up to letter case; null where none can be proven. Only ASCII
/// runs count, because the case rules of .NET and of this room's fold agree there. Whatever is not understood proves nothing.
/// </summary>
static class RegexLiterals
{
    const int LiteralsMax = 32, DepthMax = 24;

    public static IReadOnlyList<string>? Of(string regex)
    {
        // Comments and free spacing would need a scanner of their own; hardly any rule has them.
        if (regex.Contains("(?#", StringComparison.Ordinal)) return null;
        var at = 0;
        var found = Alternation(regex, ref at, 0);
        return at == regex.Length && found is { Count: > 0 and <= LiteralsMax } && found.TrueForAll(l => l.Length > 0) ? found : null;
    }

    // One of the branches matches, so one literal of each branch is needed.
    static List<string>? Alternation(string regex, ref int at, int depth)
    {
        var union = Sequence(regex, ref at, depth);
        while (at < regex.Length && regex[at] == '|')
        {
            at++;
            var next = Sequence(regex, ref at, depth);
            union = union is null || next is null ? null : [.. union, .. next];
        }
        return union;
    }

    static List<string>? Sequence(string regex, ref int at, int depth)
    {
        List<string>? best = null;
        var run = new StringBuilder();
        while (at < regex.Length && regex[at] is not ('|' or ')'))
        {
            var literal = '\0';
            List<string>? group = null;
            switch (regex[at])
            {
                case '(':
                    at++;
                    if (!Opening(regex, ref at, out var hasBody)) { at = -1; break; }
                    if (!hasBody) continue;
                    if (depth == DepthMax) { at = -1; break; }
                    group = Alternation(regex, ref at, depth + 1);
                    if (at < 0) break;
                    if (at >= regex.Length) { at = -1; break; }
                    at++;
                    break;
                case '[': Class(regex, ref at); break;
                case '\\': literal = Escape(regex, ref at); break;
                case '.' or '^' or '$': at++; break;
                case '#' or ' ': literal = regex[at++]; break;
                default: literal = regex[at++]; break;
            }
            if (at < 0 || at > regex.Length) { at = regex.Length + 1; return null; }
            var least = Quantifier(regex, ref at, out var repeats);
            if (least > 0 && literal is > '\0' and < '\x80') run.Append(literal);
            if (least > 0 && literal is > '\0' and < '\x80' && !repeats) continue;
            End();
            if (least > 0 && group is not null) Take(group);
        }
        End();
        return best;

        void End()
        {
            if (run.Length > 0) Take([run.ToString()]);
            run.Clear();
        }

        // The choice whose shortest literal is longest tells most.
        void Take(List<string> choice)
        {
            if (choice.Count is 0 or > LiteralsMax) return;
            if (best is null || choice.Min(c => c.Length) > best.Min(c => c.Length)) best = choice;
        }
    }

    /// <summary>What follows an opening bracket. False where the construct is not understood.</summary>
    static bool Opening(string regex, ref int at, out bool hasBody)
    {
        hasBody = true;
        if (at >= regex.Length || regex[at] != '?') return true;
        at++;
        if (at < regex.Length && regex[at] is '<' or '\'')
        {
            var close = regex[at] == '<' ? '>' : '\'';
            if (at + 1 < regex.Length && regex[at + 1] is '=' or '!') return false;
            var end = regex.IndexOf(close, at + 1);
            if (end < 0) return false;
            at = end + 1;
            return true;
        }
        while (at < regex.Length && (char.IsAsciiLetter(regex[at]) || regex[at] == '-'))
            if (regex[at++] == 'x') return false;
        if (at >= regex.Length) return false;
        var sign = regex[at++];
        hasBody = sign == ':';
        return sign is ':' or ')';
    }

    static void Class(string regex, ref int at)
    {
        at++;
        if (at < regex.Length && regex[at] == '^') at++;
        if (at < regex.Length && regex[at] == ']') at++;
        for (; at < regex.Length && regex[at] != ']'; at++)
        {
            if (regex[at] == '\\') at++;
            else if (regex[at] == '-' && at + 1 < regex.Length && regex[at + 1] == '[') { at = -1; return; } // subtraction
        }
        at = at < regex.Length ? at + 1 : -1;
    }

    /// <summary>The character that an escape stands for, or NUL where it stands for a class or a place.</summary>
    static char Escape(string regex, ref int at)
    {
        at++;
        if (at >= regex.Length) { at = -1; return '\0'; }
        var c = regex[at++];
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'x' when Hex(regex, at, 2, out var two): at += 2; return two;
            case 'u' when Hex(regex, at, 4, out var four): at += 4; return four;
            case 'p' or 'P':
                var close = at < regex.Length && regex[at] == '{' ? regex.IndexOf('}', at) : -1;
                at = close < 0 ? -1 : close + 1;
                return '\0';
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'b' or 'B' or 'A' or 'z' or 'Z': return '\0';
            default:
                if (char.IsAsciiLetterOrDigit(c)) at = -1; // octal, control and back references: not worth knowing
                return c;
        }
    }

    static bool Hex(string regex, int at, int digits, out char value)
    {
        value = '\0';
        if (at + digits > regex.Length || !ushort.TryParse(regex.AsSpan(at, digits), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code)) return false;
        value = (char)code;
        return true;
    }

    /// <summary>How often the atom before must stand at least; <paramref name="repeats"/> where it may stand more than once.</summary>
    static int Quantifier(string regex, ref int at, out bool repeats)
    {
        repeats = false;
        if (at >= regex.Length) return 1;
        var least = 1;
        switch (regex[at])
        {
            case '*' or '?': least = 0; repeats = true; at++; break;
            case '+': repeats = true; at++; break;
            case '{':
                var end = regex.IndexOf('}', at);
                var digits = at + 1;
                while (digits < regex.Length && char.IsAsciiDigit(regex[digits])) digits++;
                // "{" that begins no quantifier is a literal: it is the next atom.
                if (end < 0 || digits == at + 1 || regex[digits] is not (',' or '}')) return 1;
                for (var i = digits + 1; i < end; i++)
                    if (!char.IsAsciiDigit(regex[i])) return 1;
                least = digits - at - 1 > 6 ? 1 : int.Parse(regex.AsSpan(at + 1, digits - at - 1), System.Globalization.CultureInfo.InvariantCulture);
                repeats = true;
                at = end + 1;
                break;
            default: return 1;
        }
        if (at < regex.Length && regex[at] == '?') at++; // lazy
        return least;
    }
}
