using Andon.Store.Query;
using Andon.Store.Query.Editing;

namespace Andon.Tests.Store.Query;

/// <summary>What an editor is offered; ^ is the caret.</summary>
public sealed class CompletionTests
{
    static CompletionAnswer At(string text) => Completion.At(text.Replace("^", "", StringComparison.Ordinal), text.IndexOf('^', StringComparison.Ordinal));

    /// <summary>text with caret ⇒ replaced piece : the first items, and what stands under the caret.</summary>
    [Fact]
    public Task Places() => Corpus.Check("completion.cases", 30, text =>
    {
        var plain = text.Replace("^", "", StringComparison.Ordinal);
        var answer = At(text);
        var kinds = string.Join(' ', answer.Items.GroupBy(i => i.Kind).Select(g => $"{g.Key} {g.Count()}"));
        return new($"'{plain[answer.From..answer.To]}': {string.Join(", ", answer.Items.Take(6).Select(i => i.Text))} [{kinds}]{(answer.Hover is null ? "" : $" hover {answer.Hover.Title}: {answer.Hover.Meaning}")}");
    });

    [Fact]
    public void Every_prefix_of_a_query_has_an_answer()
    {
        string[] queries =
        [
            "let t = ago(1d); let e = Events | where timestamp > t; e | where event.category == 'process' and user.name has 'a' | summarize n = count(), who = make_set(user.name) by host.name, bin(timestamp, 1h) | sort by n desc | project-away who",
            "union (Process | where user.name in ('a', \"b\")), (Dns | extend x = parse_json(dns.question.name)['a'].b) | top 5 by timestamp",
            "Events | where event.original matches regex @'a(b' | extend ['odd name'] = `x y` + 1.5 // end",
        ];
        foreach (var query in queries)
            for (var i = 0; i <= query.Length; i++)
            {
                var answer = Completion.At(query, i);
                Assert.True(answer.From >= 0 && answer.From <= answer.To && answer.To <= query.Length, $"{query[..i]}: {answer.From} to {answer.To}");
            }
    }
}
