using System.Security.Claims;
using System.Text;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

/// <summary>Runs a rule, in use or not, over stored history.</summary>
static class BacktestRule
{
    /// <param name="RuleId">A rule in use; or</param>
    /// <param name="Yaml">a text that is not.</param>
    /// <param name="From">Unix milliseconds of arrival.</param>
    public sealed record BacktestAsk(string? RuleId, string? Yaml, long From, long To);
    public sealed record CancelAsk(string BacktestId);
    public sealed record BacktestRefusal(IReadOnlyList<Finding> Findings);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/rules/backtest", Handle).WithName("BacktestRule").WithTags("Detect").RequireAuthorization(Policies.Response);
        api.MapGet("/rules/backtests", (BacktestDesk desk, string? ruleId) => TypedResults.Ok(new BacktestList(desk.List(ruleId)))).WithName("ListBacktests").WithTags("Detect").RequireAuthorization(Policies.Read);
        api.MapGet("/rules/backtest", One).WithName("ReadBacktest").WithTags("Detect").RequireAuthorization(Policies.Read);
        api.MapPost("/rules/backtest/cancel", Cancel).WithName("CancelBacktest").WithTags("Detect").RequireAuthorization(Policies.Response);
    }

    static Results<Ok<BacktestView>, NotFound<Finding>> One(BacktestDesk desk, string id) =>
        desk.Find(id) is { } view ? TypedResults.Ok(view) : TypedResults.NotFound(new Finding("DET093", $"There is no backtest '{id}'.", "The list holds the last ones.", id));

    static async Task<Results<Ok<BacktestView>, Conflict<Finding>>> Cancel(CancelAsk ask, BacktestDesk desk) =>
        await desk.Cancel(ask.BacktestId) is { } finding ? TypedResults.Conflict(finding) : TypedResults.Ok(desk.Find(ask.BacktestId));

    static Results<Ok<BacktestView>, NotFound<Finding>, BadRequest<BacktestRefusal>, Conflict<Finding>> Handle(BacktestAsk ask, RuleBook book, BacktestDesk desk, ClaimsPrincipal user)
    {
        if (Refuse(ask) is { } finding) return TypedResults.BadRequest(new BacktestRefusal([finding]));
        SigmaFile file;
        if (!string.IsNullOrWhiteSpace(ask.Yaml)) file = SigmaReader.Read("text", ask.Yaml, book.Desk.Now);
        else if (book.Find(ask.RuleId ?? "") is { } known) file = new(known.Header.File, [known], [], 0);
        else return TypedResults.NotFound(ReadRule.Unknown(ask.RuleId ?? ""));
        if (file.Refused > 0 || file.Documents.FirstOrDefault(d => d is not FilterDocument) is not { } first)
            return TypedResults.BadRequest(new BacktestRefusal(file.Findings.Count > 0 ? file.Findings : [new("DET090", "The text holds no rule.", "Write one, with title, logsource and detection.", "/yaml")]));
        var (taken, refused) = desk.Ask(file, first, first.Header.Digest, Actors.Of(user), ask.From, ask.To);
        return refused is null && taken is not null ? TypedResults.Ok(taken) : TypedResults.Conflict(refused);
    }

    internal static Finding? Refuse(BacktestAsk ask) => ask switch
    {
        { RuleId: null or "", Yaml: null or "" } => new("DET090", "Neither a rule nor a text was given.", "Send ruleId or yaml.", "/ruleId"),
        { Yaml: { } yaml } when Encoding.UTF8.GetByteCount(yaml) > Limits.RuleFileBytesMax => Body.TooLarge(Limits.RuleFileBytesMax),
        { From: var from, To: var to } when from < 0 || to <= from || to - from > Limits.BacktestRangeDaysMax * 86_400_000L =>
            new("DET096", $"The range ends before it begins, or is longer than {Limits.BacktestRangeDaysMax} days.", "Choose another one.", "/from"),
        _ => null,
    };
}
