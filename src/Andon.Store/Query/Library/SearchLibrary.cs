using Andon.Model;
using Andon.Store.Facts;
using Microsoft.Extensions.Hosting;

namespace Andon.Store.Query;

/// <summary>Puts on the shelf what comes with the program, then what the facts say. A faulty file is a finding and is left out.</summary>
internal sealed class SearchLibrary(SearchShelf shelf, QueryEngine engine, IFactLog facts, ContentFolder content, IFindings findings) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var shipped = ShippedFiles.Load(content.Path, engine.Check);
        foreach (var finding in shipped.Findings) findings.Raise("searches", finding);
        shelf.Ship(shipped.Searches.Select(s => s.Search), shipped.Dashboards);
        await facts.Attach(shelf, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
