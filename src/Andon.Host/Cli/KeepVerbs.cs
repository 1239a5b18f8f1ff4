using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Keep.Backup;
using Andon.Store.Keep.Verify;

namespace Andon.Host.Cli;

/// <summary>`andon verify`, `andon backup`, `andon restore`: on the folder of an Andon that is stopped, or on a running one by its address.</summary>
static class KeepVerbs
{
    public static async Task<int> Verify(string? data, Uri? server, CancellationToken stop)
    {
        CheckReport report;
        if (server is null && data is not null)
        {
            await using var house = await StoppedHouse.Open(data, stop);
            report = await house.Check(stop);
        }
        else
        {
            using var client = await SignedIn.To(server ?? new($"http://{ServeOptions.DefaultHttp}"), stop);
            report = await Answer<CheckReport>(await client.PostAsync(new Uri("api/keep/check", UriKind.Relative), null, stop), stop);
        }
        foreach (var part in report.Parts) Console.Out.WriteLine($"{(part.Ok ? "ok    " : "BROKEN")} {part.Name}: {part.Detail}");
        foreach (var finding in report.Findings) Console.Out.WriteLine(finding.ToString());
        Console.Out.WriteLine(report.Ok ? "Everything checked is as it was written." : $"The first broken place: {report.Findings[0].Place}");
        return report.Ok ? 0 : 1;
    }

    public static async Task<int> Backup(string place, string? data, Uri? server, CancellationToken stop)
    {
        BackupReport report;
        if (server is null && data is not null)
        {
            await using var house = await StoppedHouse.Open(data, stop);
            report = await house.BackUp(place, stop);
        }
        else
        {
            using var client = await SignedIn.To(server ?? new($"http://{ServeOptions.DefaultHttp}"), stop);
            report = await Answer<BackupReport>(await client.PostAsJsonAsync("api/keep/backups", new { place = Path.GetFullPath(place) }, stop), stop);
        }
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Name} in {report.Place}: {report.Events} events, {report.Alerts} alerts, records before {report.RecordsTo}, facts to {report.FactsTo}; {report.Files} files, {report.Bytes} bytes, {report.BytesCopied} of them new."));
        return 0;
    }

    public static async Task<int> Restore(string place, string? name, string data, CancellationToken stop)
    {
        var report = await BackupRestorer.Restore(place, name, data, async (folder, token) =>
        {
            var engine = await StoppedHouse.StartEngine(new EngineOptions { DataFolder = folder, Command = EngineOptions.ThisProgram() }, token);
            return new RestoreEngine(new EventStore(engine, new EventStoreOptions(), TimeProvider.System), async () =>
            {
                await engine.StopAsync(CancellationToken.None);
                engine.Dispose();
            });
        }, stop);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Name} restored into {report.Data}: {report.Events} events, {report.Alerts} alerts, records before {report.RecordsTo}, facts to {report.FactsTo}."));
        return 0;
    }

    static async Task<T> Answer<T>(HttpResponseMessage answer, CancellationToken stop)
    {
        using (answer)
        {
            if (answer.IsSuccessStatusCode) return await answer.Content.ReadFromJsonAsync<T>(FactTypes.Json, stop) ?? throw new InvalidDataException("The server's answer is empty.");
            var finding = answer.Content.Headers.ContentType?.MediaType == "application/json" ? await answer.Content.ReadFromJsonAsync<Finding>(FactTypes.Json, stop) : null;
            throw new HttpRequestException(finding?.ToString() ?? $"The server answered {(int)answer.StatusCode}.");
        }
    }
}
