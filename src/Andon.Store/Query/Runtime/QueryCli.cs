using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Andon.Model;

namespace Andon.Store.Query;

/// <summary>What <c>andon search</c> was told.</summary>
/// <param name="Json">Rows as JSON objects, a line each, and a last line {"summary":…}; else a table for people.</param>
/// <param name="Explain">Say how the query would be run, and do not run it.</param>
public sealed record QueryCliOptions(string Kql, bool Json, long? FromMs = null, long? ToMs = null, int? Limit = null, bool Explain = false);

/// <summary>The verb <c>andon search</c>: Host gives it someone who answers, and where to write.</summary>
public static class QueryCli
{
    static readonly JsonSerializerOptions Wire = new(FactTypes.Json) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Asks a running program over HTTP; the client knows its address and who asks. Throws <see cref="QueryRefusedException"/>.</summary>
    public static ValueTask<SearchAnswer> Remote(HttpClient server, SearchAsk ask, CancellationToken stop) => Ask<SearchAnswer>(server, "api/search", ask, stop);

    /// <summary>Asks a running program how it would run a query. Throws <see cref="QueryRefusedException"/>.</summary>
    public static ValueTask<ExplainAnswer> RemoteExplain(HttpClient server, SearchAsk ask, CancellationToken stop) => Ask<ExplainAnswer>(server, "api/search/explain", ask, stop);

    static async ValueTask<T> Ask<T>(HttpClient server, string path, SearchAsk ask, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(ask, options: Wire) };
        request.Headers.Add("X-Andon", "1");
        using var response = await server.SendAsync(request, stop);
        if (response.IsSuccessStatusCode) return await response.Content.ReadFromJsonAsync<T>(Wire, stop) ?? throw new InvalidDataException("The server's answer is empty.");
        SearchRefusal? refusal = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/json") refusal = await response.Content.ReadFromJsonAsync<SearchRefusal>(Wire, stop);
        throw new QueryRefusedException(refusal?.Findings ?? [new("KQL052", $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.", "Check its address and your sign-in.")]);
    }

    /// <summary>Runs one query and writes its answer. Returns the exit code: 0, or 1 when it was refused.</summary>
    public static async Task<int> Run(QueryCliOptions options, Func<SearchAsk, CancellationToken, ValueTask<SearchAnswer>> answer, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        SearchAnswer got;
        try
        {
            got = await answer(new(options.Kql, options.FromMs, options.ToMs, options.Limit), stop);
        }
        catch (QueryRefusedException refused)
        {
            foreach (var finding in refused.Findings) await errors.WriteLineAsync(finding.ToString());
            if (options.Json) await output.WriteLineAsync(JsonSerializer.Serialize(new SearchRefusal(refused.Findings), Wire));
            return 1;
        }
        if (options.Json) await WriteJson(got, output);
        else await WriteTable(got, output);
        foreach (var finding in got.Findings.Where(f => f.Level != FindingLevel.Note || !options.Json)) await errors.WriteLineAsync(finding.ToString());
        return 0;
    }

    /// <summary>Explains one query. Returns the exit code: 0, or 1 when it was refused.</summary>
    public static async Task<int> RunExplain(QueryCliOptions options, Func<SearchAsk, CancellationToken, ValueTask<ExplainAnswer>> answer, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        ExplainAnswer got;
        try
        {
            got = await answer(new(options.Kql, options.FromMs, options.ToMs, options.Limit), stop);
        }
        catch (QueryRefusedException refused)
        {
            foreach (var finding in refused.Findings) await errors.WriteLineAsync(finding.ToString());
            if (options.Json) await output.WriteLineAsync(JsonSerializer.Serialize(new SearchRefusal(refused.Findings), Wire));
            return 1;
        }
        if (options.Json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(got, Wire));
            return 0;
        }
        for (var i = 0; i < got.Steps.Count; i++) await output.WriteLineAsync($"{(i == 0 ? "" : "| ")}{Shown(got.Steps[i])}");
        await output.WriteLineAsync($"time range: {(got.TimeBounded ? "bounded" : "everything kept")}");
        foreach (var test in got.Tests) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"test  {test.Class,-7} cost {test.Cost}  {Shown(test.Test)}{(test.Index is null ? "" : $"  by {test.Index}")}"));
        await output.WriteLineAsync($"reads {string.Join(", ", got.Columns)}");
        foreach (var index in got.Chosen) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"index {index.Index}: {index.Parts} of {index.PartsOf} parts, {index.Granules} of {index.GranulesOf} granules"));
        foreach (var finding in got.Findings) await errors.WriteLineAsync(finding.ToString());
        return 0;
    }

    static async Task WriteJson(SearchAnswer got, TextWriter output)
    {
        foreach (var row in got.Rows)
        {
            var line = new Dictionary<string, object?>(row.Length);
            for (var i = 0; i < row.Length; i++) line[got.Columns[i].Name] = row[i];
            await output.WriteLineAsync(JsonSerializer.Serialize(line, Wire));
        }
        var s = got.Stats;
        await output.WriteLineAsync(JsonSerializer.Serialize(new { summary = new { rows = s.Rows, scanned_rows = s.ScannedRows, scanned_bytes = s.ScannedBytes, milliseconds = s.ElapsedMs, state = s.State, kql = got.Kql } }, Wire));
    }

    static async Task WriteTable(SearchAnswer got, TextWriter output)
    {
        const int WidthMax = 60;
        var cells = got.Rows.Select(r => r.Select(Shown).ToArray()).ToList();
        var widths = got.Columns.Select((c, i) => Math.Min(WidthMax, cells.Select(r => r[i].Length).Append(c.Name.Length).Max())).ToArray();
        string Line(IEnumerable<string> row) => string.Join("  ", row.Select((cell, i) => cell.Length > widths[i] ? cell[..(widths[i] - 1)] + "…" : cell.PadRight(widths[i]))).TrimEnd();
        await output.WriteLineAsync(Line(got.Columns.Select(c => c.Name)));
        await output.WriteLineAsync(Line(widths.Select(w => new string('-', w))));
        foreach (var row in cells) await output.WriteLineAsync(Line(row));
        var s = got.Stats;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{s.Rows} rows, {s.State.ToString().ToLowerInvariant()}; {s.ScannedRows} rows and {s.ScannedBytes} bytes scanned in {s.ElapsedMs} ms"));
    }

    // A terminal obeys control characters; a log line must not speak to it.
    static string Shown(object? value) => value is null ? "" : string.Concat((value is JsonElement json && json.ValueKind != JsonValueKind.String ? json.GetRawText() : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Select(c => char.IsControl(c) ? ' ' : c));
}
