using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Andon.Store.Records;
using Microsoft.AspNetCore.Identity;

namespace Andon.Host.Access;

/// <summary>A person who may sign in. The password is kept as a PBKDF2 hash only.</summary>
/// <param name="Turn">Counts how often all sessions were ended: a cookie of an earlier turn is worth nothing.</param>
/// <param name="OneTimeUntilMs">Set while the password is one that an administrator was shown: until then it serves to choose one's own.</param>
sealed record Account(string Name, string PasswordHash, IReadOnlyList<string> Roles, bool Enabled, int Turn = 0, long? OneTimeUntilMs = null);

/// <summary>A session that was signed out of before its cookie ended.</summary>
sealed record EndedSession(string Id, long UntilMs);

/// <summary>A machine that may send telemetry. The token is random, so a plain SHA-256 of it is enough.</summary>
sealed record IngestToken(string Name, string Sha256);

/// <summary>
/// Accounts and tokens: secrets, so they stand in a file of their own (mode 0600) and never among the facts.
/// </summary>
sealed class AccessFile
{
    readonly string path;
    readonly Lock gate = new();
    readonly PasswordHasher<Account> hasher = new();
    Content content;

    const int EndedMax = 10_000;

    sealed record Content(IReadOnlyList<Account> Accounts, IReadOnlyList<IngestToken> Tokens, IReadOnlyList<EndedSession>? Ended = null);

    AccessFile(string path, Content content) => (this.path, this.content) = (path, content);

    public static AccessFile Open(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "access.json");
        var content = File.Exists(path)
            ? JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path)) ?? throw new InvalidDataException($"{path} is empty.")
            : new Content([], []);
        return new(path, content);
    }

    public bool HasAccounts { get { lock (gate) return content.Accounts.Count > 0; } }

    public IReadOnlyList<Account> Accounts { get { lock (gate) return content.Accounts; } }

    /// <summary>Names of enabled accounts with that permission.</summary>
    public IReadOnlyList<string> Holders(string policy) => [.. Accounts.Where(a => a.Enabled && a.Roles.Any(r => AccessWiring.Roles.TryGetValue(r, out var may) && may.Contains(policy))).Select(a => a.Name)];

    public IReadOnlyList<string> TokenNames { get { lock (gate) return content.Tokens.Select(t => t.Name).ToList(); } }

    public Account? Find(string name) { lock (gate) return content.Accounts.FirstOrDefault(a => a.Name == name); }

    /// <summary>Adds or replaces an account. Its sessions go on unless they are ended (<see cref="Change"/>).</summary>
    public void SetAccount(string name, string password, IReadOnlyList<string> roles, long? oneTimeUntilMs = null)
    {
        var account = new Account(name, "", roles, Enabled: true, OneTimeUntilMs: oneTimeUntilMs);
        account = account with { PasswordHash = hasher.HashPassword(account, password) };
        lock (gate) Save(content with { Accounts = [.. content.Accounts.Where(a => a.Name != name), account with { Turn = content.Accounts.FirstOrDefault(a => a.Name == name)?.Turn ?? 0 }] });
    }

    /// <summary>Adds an account with a one-time password; false when there is one of that name.</summary>
    public bool TryAdd(string name, string password, IReadOnlyList<string> roles, long oneTimeUntilMs)
    {
        lock (gate)
        {
            if (content.Accounts.Any(a => string.Equals(a.Name, name, StringComparison.OrdinalIgnoreCase))) return false;
            SetAccount(name, password, roles, oneTimeUntilMs);
            return true;
        }
    }

    /// <summary>Changes an account in place; null when there is none, or when nobody would be left who may administer.</summary>
    public Account? Change(string name, Func<Account, Account> change)
    {
        lock (gate)
        {
            if (content.Accounts.FirstOrDefault(a => a.Name == name) is not { } old) return null;
            var changed = change(old);
            IReadOnlyList<Account> next = [.. content.Accounts.Select(a => a.Name == name ? changed : a)];
            if (content.Accounts.Any(Administers) && !next.Any(Administers)) return null;
            Save(content with { Accounts = next });
            return changed;
        }
    }

    static bool Administers(Account a) => a.Enabled && a.Roles.Contains("admin");

    public bool RemoveToken(string name)
    {
        lock (gate)
        {
            if (content.Tokens.All(t => t.Name != name)) return false;
            Save(content with { Tokens = [.. content.Tokens.Where(t => t.Name != name)] });
            return true;
        }
    }

    /// <summary>That session is over, also after a restart, for as long as its cookie could still be shown.</summary>
    public void EndSession(string id, long nowMs, long untilMs)
    {
        lock (gate) Save(content with { Ended = [.. (content.Ended ?? []).Where(e => e.UntilMs > nowMs && e.Id != id).TakeLast(EndedMax - 1), new(id, untilMs)] });
    }

    public bool IsEnded(string session)
    {
        IReadOnlyList<EndedSession>? ended;
        lock (gate) ended = content.Ended;
        return ended is not null && ended.Any(e => e.Id == session);
    }

    /// <summary>Adds or replaces a token by its name.</summary>
    public void SetToken(string name, string token)
    {
        lock (gate) Save(content with { Tokens = [.. content.Tokens.Where(t => t.Name != name), new(name, Hash(token))] });
    }

    /// <param name="nowMs">A one-time password that ended before it is refused like a wrong one.</param>
    public Account? Check(string name, string password, long nowMs)
    {
        Account? account;
        lock (gate) account = content.Accounts.FirstOrDefault(a => a.Enabled && a.Name == name && !(a.OneTimeUntilMs < nowMs));
        // Hash in any case, so that the time tells nothing about which names exist.
        var against = account ?? Nobody;
        var verdict = hasher.VerifyHashedPassword(against, against.PasswordHash, password);
        return account is not null && verdict != PasswordVerificationResult.Failed ? account : null;
    }

    /// <summary>The token's name, or null when it is none of ours.</summary>
    public string? TokenName(string token)
    {
        var hash = Encoding.ASCII.GetBytes(Hash(token));
        IReadOnlyList<IngestToken> tokens;
        lock (gate) tokens = content.Tokens;
        string? found = null;
        foreach (var known in tokens)
            if (CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(known.Sha256))) found = known.Name;
        return found;
    }

    /// <summary>A password or token that a person can type: 20 letters and digits, about 100 bits.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 20);

    static readonly Account Nobody = MakeNobody();

    static Account MakeNobody()
    {
        var nobody = new Account("", "", [], Enabled: false);
        return nobody with { PasswordHash = new PasswordHasher<Account>().HashPassword(nobody, NewSecret()) };
    }

    static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    void Save(Content next)
    {
        DurableFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(next), onlyOwner: true);
        content = next;
    }
}
