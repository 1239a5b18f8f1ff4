using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// The certificate that a listener shows and the authorities whose senders it hears, read from files. A renewed file is taken up by itself; a
/// broken one is a finding, and the last good one stays.
/// </summary>
/// <param name="met">Is told of each certificate seen: what speaks by it, its name, its end.</param>
sealed class TlsFiles(ListenerSettings settings, string listener, TimeProvider clock, IFindings findings, Action<string, string, DateTimeOffset>? met = null)
{
    readonly string certificate = settings.Certificate ?? throw new ArgumentException("TLS needs a certificate.", nameof(settings));
    readonly Lock gate = new();
    SslServerAuthenticationOptions? options;
    DateTime ends;
    DateTime readOf;
    long lookedMs = long.MinValue / 2;
    long saidMs = long.MinValue / 2;

    public SslServerAuthenticationOptions Options()
    {
        Refresh();
        lock (gate) return options ?? throw new InvalidOperationException("its certificate cannot be read.");
    }

    /// <summary>Reads the files again when they changed, and says in time that the certificate ends.</summary>
    public void Refresh()
    {
        lock (gate)
        {
            var now = clock.NowMs();
            if (options is not null && now - lookedMs < Limits.TlsLookMs) return;
            lookedMs = now;
            try
            {
                var written = Newest();
                if (options is null || written != readOf) Read();
                readOf = written;
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                findings.Raise("intake", new("INT027", $"{listener} cannot read its TLS files: {e.Message}", "Name PEM files: the certificate with its chain, its key, the authorities.", certificate));
            }
            if (options is null || now - saidMs < Limits.TlsSayMs) return;
            if (Ending(ends)) saidMs = now;
        }
    }

    /// <summary>The sender's own certificate, once it is in: its end is told in time too.</summary>
    public void Meet(X509Certificate? client, string peer)
    {
        if (client is X509Certificate2 known) met?.Invoke($"relay:{peer}", known.Subject, new(known.NotAfter.ToUniversalTime()));
        if (client is X509Certificate2 { NotAfter: var until } && Ends(until) is { } days)
            findings.Raise("intake", new("INT029", $"The certificate of the sender {client.Subject} {InDays(days)}.", "Renew it on the sender, or it will not be heard.", $"{listener}:{peer}", FindingLevel.Warning));
    }

    bool Ending(DateTime until)
    {
        if (Ends(until) is not { } days) return false;
        findings.Raise("intake", new("INT028", $"The certificate of {listener} {InDays(days)}.", "Put a new one into the file; it is taken up by itself.", certificate, days < 0 ? FindingLevel.Error : FindingLevel.Warning));
        return true;
    }

    int? Ends(DateTime until)
    {
        var left = until.ToUniversalTime() - clock.GetUtcNow().UtcDateTime;
        return left.TotalDays < Limits.CertificateDaysMin ? (int)Math.Floor(left.TotalDays) : null;
    }

    static string InDays(int days) => days < 0 ? "has ended" : string.Create(CultureInfo.InvariantCulture, $"ends in {days} days");

    DateTime Newest() => new[] { certificate, settings.Key, settings.ClientCa }.OfType<string>().Max(File.GetLastWriteTimeUtc);

    void Read()
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificate, settings.Key);
        // A key that only lives in memory is not found by every platform's TLS; a packed one is.
        var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        var next = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true), CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
        if (settings.ClientCa is { } file)
        {
            next.ClientCertificateRequired = true;
            next.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            next.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(file);
            next.CertificateChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.2")); // Client authentication, where the certificate says what it is for.
        }
        options = next;
        ends = own.NotAfter;
        met?.Invoke($"listener:{listener}", listener, new(ends.ToUniversalTime()));
        saidMs = long.MinValue / 2;
    }
}
