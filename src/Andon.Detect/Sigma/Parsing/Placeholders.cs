using System.Text;
using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Values under <c>expand</c>: finds placeholders, fills them in, and says which have no list.</summary>
static partial class Placeholders
{
    [GeneratedRegex(@"\\\\|\\%|%(?<name>[\w.-]+)%", RegexOptions.CultureInvariant)]
    private static partial Regex Signs { get; }

    /// <summary>The pieces of a value; null when it has no placeholder.</summary>
    public static IReadOnlyList<PlaceholderPart>? Of(string text, PlaceholderLists lists)
    {
        var parts = new List<PlaceholderPart>();
        var plain = new StringBuilder();
        var from = 0;
        foreach (Match sign in Signs.Matches(text))
        {
            plain.Append(text, from, sign.Index - from);
            from = sign.Index + sign.Length;
            if (!sign.Groups["name"].Success)
            {
                plain.Append(sign.Value == "\\%" ? "%" : sign.Value);
                continue;
            }
            Flush();
            parts.Add(new(sign.Groups["name"].Value, IsPlaceholder: true, lists.Find(sign.Groups["name"].Value)));
        }
        plain.Append(text, from, text.Length - from);
        Flush();
        return parts.Exists(p => p.IsPlaceholder) ? parts : null;

        void Flush()
        {
            if (plain.Length > 0) parts.Add(new(plain.ToString(), IsPlaceholder: false, null));
            plain.Clear();
        }
    }

    /// <summary>A value without placeholders, its plain percent signs unescaped.</summary>
    public static string Plain(string text) => Signs.Replace(text, s => s.Value == "\\%" ? "%" : s.Value);

    /// <summary>What the value asks now. A member that the item cannot take (a host name where networks are asked for) is told to <paramref name="unfit"/>.</summary>
    /// <param name="states">The state of each placeholder's list, in order.</param>
    public static List<ValueTest> Fill(ListTest test, IReadOnlyList<ListState> states, Action<string>? unfit = null)
    {
        var tests = new List<ValueTest>();
        List<(string Text, Pattern Pattern)> values = [("", new([]))];
        var at = 0;
        foreach (var part in test.Parts)
        {
            List<(string, Pattern)> pieces = part.IsPlaceholder ? [.. states[at++].Members.Select(m => Piece(m, test.IsRegex))] : [(part.Text, Pattern.Parse(part.Text))];
            values = [.. values.SelectMany(_ => pieces, (v, p) => (v.Text + p.Item1, Pattern.Joined([v.Pattern, p.Item2]))).Take(test.Parts.Count == 1 ? Limits.ListMembersMax : Limits.ExpandedMax)];
        }
        foreach (var (text, pattern) in values)
            if (test.Make(text, pattern) is { } made) tests.AddRange(made);
            else unfit?.Invoke(text);
        return tests;
    }

    /// <summary>Says what is wrong with the lists of an item, when everything that may fill them has done so.</summary>
    public static void Check(Item item, FindingSink sink)
    {
        foreach (var test in item.Values.SelectMany(v => v).OfType<ListTest>())
        {
            var missing = test.Placeholders.Where(p => p.List is null).Select(p => p.Text).Distinct().ToList();
            foreach (var name in missing) sink.Error("SIG070", test.At, $"The placeholder '%{name}%' has no list here.", $"Give a list 'lists/{name}.txt' (a value a line), or remove the item.");
            if (missing.Count > 0) continue;
            var states = test.Placeholders.Select(p => p.List!.Now).ToList();
            foreach (var empty in test.Placeholders.Where((_, i) => states[i].IsEmpty)) sink.Note("SIG071", test.At, $"The list '{empty.Text}' is empty; this value matches nothing.", "Fill the list.");
            if (test.Parts.Count > 1 && states.Aggregate(1L, (n, s) => Math.Min(n * s.Members.Take(Limits.ExpandedMax + 1).Count(), Limits.ExpandedMax + 1)) > Limits.ExpandedMax)
            {
                sink.Error("SIG072", test.At, $"The placeholders of '{test.Text}' make more than {Limits.ExpandedMax} values.", "Use one list, or shorter ones.");
                continue;
            }
            var (unfit, example) = (0, "");
            // Members of assets are names and addresses, of which an item often can take only one kind.
            Fill(test, [.. states.Select(s => s with { FromAssets = ListState.Empty.FromAssets })], text => { unfit++; example = text; });
            if (unfit > 0) sink.Warn("SIG073", test.At, $"{unfit} values of the lists of '{test.Text}' cannot stand under '{test.Chain}', such as '{example}'; they are left out.", "Mend the list.");
        }
    }

    static (string, Pattern) Piece(ListMember member, bool regex)
    {
        var pattern = member.Literal ? Pattern.Literal(member.Text) : Pattern.Parse(member.Text);
        return (regex ? Expression(pattern) : member.Text, pattern);
    }

    // In a regular expression a member still means what it means elsewhere.
    static string Expression(Pattern pattern) => string.Concat(pattern.Pieces.Select(p => p.Kind switch { PieceKind.Any => "(?s:.*)", PieceKind.One => "(?s:.)", _ => Regex.Escape(p.Text) }));
}
