using System.Text;
using Andon.Intake.Sources;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Normalise;

/// <summary>A parser's text to try, on lines, on the stored samples of a source, or on both.</summary>
public sealed record ParserPreviewAsk(string Text, IReadOnlyList<string>? Lines, string? SourceId);

static class PreviewParser
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/parsers/preview", Handle).WithName("PreviewParser").WithTags("Intake").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<ParserPreview>, BadRequest<Finding>>> Handle(ParserPreviewAsk ask, Catalogue catalogue, Normaliser normaliser, IRecordLog log, TimeProvider clock, CancellationToken stop)
    {
        if (Refuse(ask) is { } finding) return TypedResults.BadRequest(finding);
        var lines = new List<string>(ask.Lines ?? []);
        var origin = new Origin("bulk", "preview");
        if (ask.SourceId is { } id && catalogue.One(id, clock.NowMs()) is var (_, samples))
            foreach (var sample in samples)
            {
                if (sample.Position < log.First || lines.Count >= Limits.PreviewLinesMax) continue;
                var records = await log.Read(sample.Position, 1, Limits.FrameBytesMax, stop);
                if (records.Count == 0 || records[0].Position != sample.Position) continue;
                origin = records[0].Origin;
                lines.Add(Encoding.UTF8.GetString(records[0].Raw.Span));
            }
        return TypedResults.Ok(normaliser.Preview(ask.Text, lines, origin, clock));
    }

    internal static Finding? Refuse(ParserPreviewAsk ask) =>
        string.IsNullOrWhiteSpace(ask.Text) ? new("PAR192", "There is no parser text.", "Send the parser's YAML as text.")
        : ask.Text.Length > Limits.ParserCharsMax ? new("PAR193", $"The parser is longer than {Limits.ParserCharsMax} characters.", "Shorten it.")
        : ask.Lines is { Count: > Limits.PreviewLinesMax } || ask.Lines?.Sum(l => (long)l.Length) > Limits.PreviewCharsMax ? new("PAR194", $"More than {Limits.PreviewLinesMax} lines, or {Limits.PreviewCharsMax} characters of them.", "Send fewer.")
        : null;
}
