using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;
using Andon.Store.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

/// <summary>Why a rule matched an event, or why not.</summary>
/// <param name="Asks">The log source that the rule asks for.</param>
/// <param name="Routes">The log sources that the event has.</param>
/// <param name="Off">Why the rule did not run although it would have; null when it is on.</param>
/// <param name="Contributing">For a correlation: the events that it was made of.</param>
public sealed record RuleExplanation(
    string RuleId, string Event, long TimeMs, bool Routed, bool Matched, string Asks, IReadOnlyList<string> Routes, IReadOnlyList<ExplainedSearch> Searches, IReadOnlyList<string> Conditions,
    IReadOnlyList<string> FilteredBy, string? Off, IReadOnlyList<string> Contributing, IReadOnlyDictionary<string, string> Fields);

public sealed record ExplainedSearch(string Name, bool Met, IReadOnlyList<ExplainedItem> Items);

public sealed record ExplainedItem(string Field, string Asked, bool Met, IReadOnlyList<string> Values);

/// <summary>Reads an event back from the record log, normalises it as it was, and asks the rule about it.</summary>
static class ExplainRule
{
    const int FieldsMax = 200, CharsMax = 512;

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/rules/explain", Handle).WithName("ExplainRule").WithTags("Detect").RequireAuthorization(Policies.Read);

    static async Task<Results<Ok<RuleExplanation>, NotFound<Finding>, BadRequest<Finding>>> Handle(RuleBook book, EventFeed feed, string ruleId, string @event, CancellationToken stop)
    {
        if (!EventId.TryParse(@event, out var id)) return TypedResults.BadRequest(new Finding("DET080", $"'{@event}' names no event.", "An event's name is position.number, for example 4711.0.", "/event"));
        if (book.Find(ruleId) is not { } document) return TypedResults.NotFound(ReadRule.Unknown(ruleId));
        if (id.Position < feed.Log.First || id.Position >= feed.Log.Next)
            return TypedResults.NotFound(new Finding("DET081", $"Record {id.Position} is not in the record log; it holds {feed.Log.First} to {feed.Log.Next - 1}.",
                "An older event stands in the event store, but without what told how to read it; ask about a newer one.", "/event"));
        using var batch = await feed.ReadApart(id.Position, 1, stop);
        for (var i = 0; i < (batch?.Count ?? 0); i++)
            if (batch![i].Head.Id == id) return TypedResults.Ok(document is RuleDocument rule ? Of(book, rule, batch, i) : Of(book, (CorrelationDocument)document, batch, i));
        return TypedResults.NotFound(new Finding("DET082", $"Record {id.Position} holds no event {id.Number}.", "Its first event is number 0.", "/event"));
    }

    static RuleExplanation Of(RuleBook book, RuleDocument rule, EventBatch batch, int index)
    {
        var active = book.Active;
        // A matcher of its own: the live one belongs to its thread.
        var matcher = new RuleMatcher(active.Set);
        var told = Explainer.Explain(matcher, rule.Header.RuleId, batch, index);
        return new(told.RuleId, batch[index].Head.Id.ToString(), batch[index].TimeMs, told.Routed, told.Matched, rule.Source.ToString(), Sources(matcher.Route(batch, index)),
            [.. told.Searches.Select(s => new ExplainedSearch(s.Name, s.Met, [.. s.Items.Select(i => new ExplainedItem(i.Item, i.Asked, i.Met, i.Values))]))],
            told.Conditions, told.FilteredBy, Off(book, rule), [], Fields(batch, index));
    }

    // A correlation is explained by what it was made of; each of those events can be asked about in turn.
    static RuleExplanation Of(RuleBook book, CorrelationDocument correlation, EventBatch batch, int index)
    {
        var id = batch[index].Head.Id.ToString();
        var matcher = new RuleMatcher(book.Active.Set);
        var hit = book.Counters.Samples(correlation.Header.RuleId).FirstOrDefault(s => s.Event == id);
        var matching = matcher.Match(batch, index).Select(r => r.RuleId).ToHashSet(StringComparer.Ordinal);
        var parts = correlation.Rules.Select(r => (Asked: r, Document: DocumentSet.Find([.. book.Active.Set.Rules, .. book.Active.Set.Correlations], r))).ToList();
        var searches = parts.Select(p => new ExplainedSearch(p.Document?.Header.Title ?? p.Asked, p.Document is not null && matching.Contains(p.Document.Header.RuleId), [])).ToList();
        return new(correlation.Header.RuleId, id, batch[index].TimeMs, Routed: true, hit is not null, "", Sources(matcher.Route(batch, index)), searches, [correlation.ToString()], [], Off(book, correlation),
            hit?.Contributing ?? [], hit?.Fields ?? Fields(batch, index));
    }

    static IReadOnlyList<string> Sources(Plan plan) => [.. plan.Routes.Select(r => r.Gives.ToString()).Distinct()];

    static string? Off(RuleBook book, SigmaDocument document) => book.Active.Of(document.Header.RuleId).Enabled ? null : RuleViews.Row(book, document, 0).Off ?? "it is switched off";

    static Dictionary<string, string> Fields(EventBatch batch, int index)
    {
        var fields = new Dictionary<string, string>();
        var view = batch[index];
        foreach (var cell in view.Cells)
        {
            if (fields.Count == FieldsMax) break;
            var text = System.Text.Encoding.UTF8.GetString(view.Value(cell));
            var name = System.Text.Encoding.UTF8.GetString(view.Name(cell));
            fields[name] = fields.TryGetValue(name, out var before) ? $"{before}, {Cut(text)}" : Cut(text);
        }
        return fields;

        static string Cut(string text) => text.Length <= CharsMax ? text : text[..(CharsMax - 1)] + "…";
    }
}
