using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Bench;

/// <summary>Copies of rules with other literals: each letter moved on in the alphabet, everything else as it was.</summary>
static class RenamedRules
{
    public static SigmaFile Of(SigmaFile file, int shift) => file with
    {
        Documents = [.. file.Documents.OfType<RuleDocument>().Select(r => r with
        {
            Header = r.Header with { Id = null, Name = $"{r.Header.RuleId}-{shift}", File = $"{r.Header.File}-{shift}" },
            Detection = r.Detection with { Searches = [.. r.Detection.Searches.Select(s => s with { Search = Of(s.Search, shift) })] },
        })],
        Findings = [],
        Refused = 0,
    };

    static Search Of(Search search, int shift) => search switch
    {
        AllOf all => new AllOf([.. all.Parts.Select(p => Of(p, shift))]),
        AnyOf any => new AnyOf([.. any.Parts.Select(p => Of(p, shift))]),
        Item item => item with { Values = [.. item.Values.Select(v => (IReadOnlyList<ValueTest>)[.. v.Select(t => t is PatternTest p ? p with { Pattern = new([.. p.Pattern.Pieces.Select(x => x with { Text = Moved(x.Text, shift) })]) } : t)])] },
        _ => search,
    };

    static string Moved(string text, int shift) => string.Create(text.Length, (text, shift), static (into, from) =>
    {
        for (var i = 0; i < into.Length; i++)
        {
            var c = from.text[i];
            var first = c is >= 'a' and <= 'z' ? 'a' : c is >= 'A' and <= 'Z' ? 'A' : '\0';
            into[i] = first == '\0' ? c : (char)(first + (c - first + from.shift) % 26);
        }
    });
}
