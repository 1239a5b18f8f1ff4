using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Normalise;

/// <summary>Every parser, what the program reads by itself, and what is wrong with the user's own.</summary>
public sealed record ParserList(IReadOnlyList<ParserEntry> Parsers, IReadOnlyList<Finding> Findings);

/// <summary>A parser's text.</summary>
public sealed record ParserText(string Name, string Text);

static class ListParsers
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/parsers", Handle).WithName("ListParsers").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapGet("/parsers/one", One).WithName("ShowParser").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapPost("/parsers/reload", Reload).WithName("ReloadParsers").WithTags("Intake").RequireAuthorization(Policies.Operations);
    }

    static Ok<ParserList> Handle(Normaliser normaliser) => TypedResults.Ok(new ParserList([.. normaliser.Parsers, .. normaliser.Fixed], normaliser.Findings));

    static Results<Ok<ParserText>, NotFound<Finding>> One(string name, Normaliser normaliser) =>
        normaliser.TextOf(name) is { } text ? TypedResults.Ok(new ParserText(name, text)) : TypedResults.NotFound(new Finding("PAR191", $"There is no parser {name}.", "Take a name from the list of parsers.", name));

    static Ok<ParserList> Reload(Normaliser normaliser)
    {
        normaliser.Reload();
        return Handle(normaliser);
    }
}
