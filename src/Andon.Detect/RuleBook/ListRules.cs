using Andon.Detect.Sigma.Ast;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

static class ListRules
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/rules", Handle).WithName("ListRules").WithTags("Detect").RequireAuthorization(Policies.Read);

    static Results<Ok<RuleList>, BadRequest<Finding>> Handle(RuleBook book, TimeProvider clock, string? queue, string? q)
    {
        RuleQueue asked = default;
        if (!string.IsNullOrEmpty(queue) && !Enum.TryParse(queue, ignoreCase: true, out asked))
            return TypedResults.BadRequest(new Finding("DET024", $"'{queue}' is not a queue.", "production, testing or input."));
        var set = book.Active.Set;
        var now = clock.NowMs();
        var rows = new List<RuleRow>();
        var seen = book.Tally.Routes;
        foreach (var document in set.Rules.Cast<SigmaDocument>().Concat(set.Correlations))
        {
            if (!Asked(document.Header, q)) continue;
            var row = RuleViews.Row(book, document, now, seen);
            if (string.IsNullOrEmpty(queue) || row.Queue == asked) rows.Add(row);
        }
        return TypedResults.Ok(new RuleList(rows, [.. set.Findings.Where(f => f.Level == FindingLevel.Error || f.Code == "DET040")], set.Hash, book.Counters.Testing24h(now)));
    }

    internal static bool Asked(Header header, string? q) =>
        string.IsNullOrWhiteSpace(q) || q.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word =>
            header.Title.Contains(word, StringComparison.OrdinalIgnoreCase) || header.RuleId.Contains(word, StringComparison.OrdinalIgnoreCase)
            || header.Author.Contains(word, StringComparison.OrdinalIgnoreCase) || header.Tags.Any(t => t.Contains(word, StringComparison.OrdinalIgnoreCase)));
}

static class ReadRule
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/rules/one", Handle).WithName("ReadRule").WithTags("Detect").RequireAuthorization(Policies.Read);

    static Results<Ok<RulePage>, NotFound<Finding>> Handle(RuleBook book, TimeProvider clock, string id) =>
        book.Find(id) is { } document ? TypedResults.Ok(RuleViews.Page(book, document, clock.NowMs())) : TypedResults.NotFound(Unknown(id));

    public static Finding Unknown(string id) => new("DET404", $"There is no rule '{id}'.", "Look it up in the list of rules.", id);
}

/// <summary>The text of one version of a rule, now or once in use.</summary>
static class ReadVersion
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/rules/version", Handle).WithName("ReadRuleVersion").WithTags("Detect").RequireAuthorization(Policies.Read);

    static Results<Ok<RuleVersionText>, NotFound<Finding>> Handle(RuleBook book, string hash) => book.Texts.Read(hash) is { } yaml
        ? TypedResults.Ok(new RuleVersionText(hash, yaml))
        : TypedResults.NotFound(new Finding("DET405", "There is no text of this version.", "Versions of a rule stand on its page.", hash));
}

public sealed record RuleVersionText(string Version, string Yaml);
