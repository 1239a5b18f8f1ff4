using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Andon.Tests.Intake;

/// <summary>A certificate authority for one test.</summary>
sealed class Authority(X509Certificate2 own) : IDisposable
{
    public string Pem => own.ExportCertificatePem();

    public static Authority Make(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var now = TimeProvider.System.GetUtcNow();
        return new(request.CreateSelfSigned(now.AddDays(-1), now.AddDays(400)));
    }

    public void Give(TempFolder folder, string file, string name, int days)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.Create(own, now.AddDays(-1), now.AddDays(days), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(folder.File(file + ".pem"), made.ExportCertificatePem());
        File.WriteAllText(folder.File(file + ".key"), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => own.Dispose();
}
