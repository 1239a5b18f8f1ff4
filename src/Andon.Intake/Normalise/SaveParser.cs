using System.Security.Claims;
using System.Text;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Normalise;

/// <summary>A user's parser: saved once it has no errors and keeps its own cases, taken back so that the shipped one of its name is used again.</summary>
static class SaveParser
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/parsers/save", Save).WithName("SaveParser").WithTags("Intake").RequireAuthorization(Policies.Operations);
        api.MapPost("/parsers/withdraw", Withdraw).WithName("WithdrawParser").WithTags("Intake").RequireAuthorization(Policies.Operations);
        api.MapGet("/parsers/cases", Cases).WithName("RunParserCases").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Results<Ok<ParserCaseList>, NotFound<Finding>> Cases(string name, Normaliser normaliser) =>
        normaliser.CasesOf(name) is { } cases ? TypedResults.Ok(new ParserCaseList(name, cases)) : TypedResults.NotFound(Unknown(name));

    static async Task<Results<Ok<ParserSavedView>, BadRequest<ParserFindings>>> Save(ParserSaveAsk ask, Normaliser normaliser, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        if (Refuse(ask, normaliser) is { } refused) return TypedResults.BadRequest(new ParserFindings([refused]));
        var tried = normaliser.Preview(ask.Text, [], new("bulk", "preview"), clock);
        var findings = tried.Findings;
        if (tried.Parser is { } named && named.EndsWith(".part", StringComparison.Ordinal)) findings = [.. findings, new Finding("PAR202", $"{named} would be taken for a part of other parsers.", "Give it a name that does not end with .part.", "/text")];
        // The same findings that would keep it from being loaded: a text that is not used must not look saved.
        if (tried.Parser is not { } name || findings.Any(f => f.Level == FindingLevel.Error)) return TypedResults.BadRequest(new ParserFindings(findings));
        var path = PathOf(name, normaliser);
        var before = File.Exists(path) ? await File.ReadAllTextAsync(path, stop) : null;
        if (before != ask.Text)
        {
            await facts.Append(Actors.Of(user), ask.Why, new ParserSaved(name, before, ask.Text, ask.Why), stop);
            DurableFiles.MakeFolder(Path.GetDirectoryName(path) ?? ".");
            DurableFiles.Replace(path, Encoding.UTF8.GetBytes(ask.Text));
            normaliser.Reload();
        }
        return TypedResults.Ok(new ParserSavedView(name, Own: true, normaliser.ShippedTextOf(name) is not null, findings, [.. tried.Cases.Where(c => !c.Green).Select(c => c.Place)]));
    }

    static async Task<Results<Ok<ParserSavedView>, BadRequest<ParserFindings>, NotFound<Finding>>> Withdraw(ParserWithdrawAsk ask, Normaliser normaliser, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(ask.Why)) return TypedResults.BadRequest(new ParserFindings([NoReason]));
        if (normaliser.UserFolder is null || !normaliser.Parsers.Any(p => p.Name == ask.Name && p.Own)) return TypedResults.NotFound(new Finding("PAR203", $"{ask.Name} is no parser of your own.", "Shipped parsers stay; save one of the same name to replace it.", "/name"));
        var path = PathOf(ask.Name, normaliser);
        var before = await File.ReadAllTextAsync(path, stop);
        await facts.Append(Actors.Of(user), ask.Why, new ParserSaved(ask.Name, before, null, ask.Why), stop);
        File.Delete(path);
        normaliser.Reload();
        return TypedResults.Ok(new ParserSavedView(ask.Name, Own: false, normaliser.ShippedTextOf(ask.Name) is not null, [], []));
    }

    static Finding? Refuse(ParserSaveAsk ask, Normaliser normaliser) =>
        normaliser.UserFolder is null ? new("PAR200", "This program keeps no parsers of its own.", "It was started without a data folder.", "")
        : string.IsNullOrWhiteSpace(ask.Why) ? NoReason
        : PreviewParser.Refuse(new(ask.Text, null, null));

    static readonly Finding NoReason = new("PAR201", "There is no reason.", "Say what the parser is changed for; whoever reads its history wants to know.", "/why");

    static Finding Unknown(string name) => new("PAR191", $"There is no parser {name}.", "Take a name from the list of parsers.", name);

    // One that people put there by hand may have another file name than its own.
    static string PathOf(string name, Normaliser normaliser) =>
        normaliser.Tables.Book.Files.TryGetValue(name, out var file) && normaliser.UserFolder is { } own && file.StartsWith(own, StringComparison.Ordinal) ? file : Path.Combine(normaliser.UserFolder ?? "", name + ".yml");
}

/// <summary>Keep this text as a parser of one's own.</summary>
public sealed record ParserSaveAsk(string Text, string Why);

/// <summary>Take a parser of one's own back.</summary>
public sealed record ParserWithdrawAsk(string Name, string Why);

/// <summary>All that is wrong with a parser.</summary>
public sealed record ParserFindings(IReadOnlyList<Finding> Findings);

/// <param name="Own">A parser of one's own is in use now.</param>
/// <param name="Shipped">One of that name came with the program.</param>
/// <param name="OtherCases">Places of cases beside the file that give something else now; they do not keep it from being used.</param>
public sealed record ParserSavedView(string Name, bool Own, bool Shipped, IReadOnlyList<Finding> Findings, IReadOnlyList<string> OtherCases);

public sealed record ParserCaseList(string Name, IReadOnlyList<ParserCaseView> Cases);
