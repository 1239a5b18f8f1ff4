using System.Security.Cryptography;
using System.Text;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;

namespace Andon.Store.Query;

/// <summary>Who looks at masked fields in clear, and until when: a fold over facts. Holds the house's key of pseudonyms.</summary>
internal sealed class Unmasking(QueryOptions options, IFactLog facts, TimeProvider clock) : IFold, IHostedService
{
    const int KeyDigits = 64;

    readonly Lock gate = new();
    readonly Dictionary<string, long> until = [];
    readonly Lazy<string> key = new(() => KeyIn(options.Folder));

    public void Apply(Fact fact)
    {
        if (fact.Body is not SearchUnmasked unmasked) return;
        lock (gate) until[fact.Actor] = unmasked.UntilMs;
    }

    /// <summary>Unix milliseconds; 0 for whoever sees pseudonyms.</summary>
    public long Until(string actor)
    {
        lock (gate) return until.TryGetValue(actor, out var ms) && ms > clock.NowMs() ? ms : 0;
    }

    /// <summary>What is masked to people who may not see it in clear; null where nothing is.</summary>
    public Mask? Mask => options.Masked.Count == 0 ? null : new(options.Masked, key.Value);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Mask; // A key that cannot be written is told now, not at the first search.
        await facts.Attach(this, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    static string KeyIn(string? folder)
    {
        if (folder is null) return Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var path = Path.Combine(folder, "mask.key");
        // One of another length is what a power cut left of it: a key that anybody can guess is worse than new pseudonyms.
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: KeyDigits } kept && kept.All(char.IsAsciiHexDigit)) return kept;
        var made = Convert.ToHexString(RandomNumberGenerator.GetBytes(KeyDigits / 2));
        DurableFiles.Replace(path, Encoding.ASCII.GetBytes(made), onlyOwner: true);
        return made;
    }
}
