using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Makes every regular expression of the house: linear time, no culture.</summary>
static class Regexes
{
    /// <summary>The automaton. Building one costs a thousand times a look at its text: build it when an event first asks for it.</summary>
    public static Regex Compile(RegexTest test) => new(test.Regex, Options(test) | RegexOptions.NonBacktracking);

    /// <summary>
    /// Would <see cref="Compile"/> take it? Throws what that would throw: <see cref="ArgumentException"/> where the text is no regular
    /// expression, <see cref="NotSupportedException"/> where it cannot run in linear time. No automaton is built unless
    /// the text holds something of which only building one can tell.
    /// </summary>
    public static void Check(RegexTest test)
    {
        _ = new Regex(test.Regex, Options(test));
        if (!SurelyLinear(test.Regex)) Compile(test);
    }

    static RegexOptions Options(RegexTest test)
    {
        var options = RegexOptions.CultureInvariant;
        if (test.IgnoreCase) options |= RegexOptions.IgnoreCase;
        if (test.MultiLine) options |= RegexOptions.Multiline;
        if (test.DotAll) options |= RegexOptions.Singleline;
        return options;
    }

    /// <summary>
    /// True where nothing in a valid expression can be look-around, a back-reference, a condition, an atomic group or \G.
    /// False only means: not sure.
    /// </summary>
    internal static bool SurelyLinear(ReadOnlySpan<char> regex)
    {
        for (var i = 0; i < regex.Length; i++)
        {
            switch (regex[i])
            {
                case '\\':
                    if (++i == regex.Length || regex[i] is (>= '1' and <= '9') or 'k' or 'G' or 'c') return false;
                    break;
                case '(' when i + 1 < regex.Length && regex[i + 1] == '?':
                    i += 2;
                    var named = i + 1 < regex.Length && regex[i] == '<' && char.IsAsciiLetter(regex[i + 1]);
                    if (named) break;
                    while (i < regex.Length && regex[i] is 'i' or 'm' or 's' or '-') i++;
                    if (i == regex.Length || regex[i] is not (':' or ')')) return false;
                    break;
                case '[':
                    // To the class's end; a bracket or dash-bracket inside may be more than it seems.
                    i++;
                    if (i < regex.Length && regex[i] == '^') i++;
                    for (var first = true; ; i++, first = false)
                    {
                        if (i >= regex.Length || regex[i] == '[') return false;
                        if (regex[i] == ']' && !first) break;
                        if (regex[i] == '\\' && (++i == regex.Length || regex[i] == 'c')) return false;
                    }
                    break;
            }
        }
        return true;
    }
}
