using System.Net;
using System.Security.Cryptography;
using System.Text;
using Andon.Model;

namespace Andon.Store.Query;

/// <summary>The same pseudonyms, made here: what a person meets on a case's page is what a search shows, and leads from one to the other.</summary>
internal sealed partial record Mask
{
    /// <summary>Fields that stand for the kinds of entities.</summary>
    public bool Covers(EntityKind kind) => kind switch
    {
        EntityKind.User or EntityKind.Principal => Covers("user.name"),
        EntityKind.Host => Covers("host.name"),
        EntityKind.Ip => Covers("source.ip"),
        EntityKind.Hash => Covers("file.hash.sha256"),
        EntityKind.Domain => Covers("dns.question.name"),
        EntityKind.Url => Covers("url.original"),
        _ => false,
    };

    public string Pseudonym(EntityKind kind, string value) => kind == EntityKind.Ip ? AddressPseudonym(value) : Pseudonym(value);

    public string Pseudonym(string value) => value.Length == 0 || IsPseudonym(value) ? value : $"masked-{Convert.ToHexStringLower(Hash(value))[..12]}";

    public string AddressPseudonym(string value)
    {
        if (!IPAddress.TryParse(value, out var address)) return Pseudonym(value);
        var hash = Hash(address.MapToIPv6().ToString());
        return new IPAddress([0xFD, .. hash.AsSpan(0, 15)]).ToString();
    }

    /// <summary>A hit of a search that was masked already, or what somebody copied from one.</summary>
    internal static bool IsPseudonym(string value) => value.Length == 19 && value.StartsWith("masked-", StringComparison.Ordinal) && !value.AsSpan(7).ContainsAnyExcept(HexDigits);

    static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(Key + value.ToLowerInvariant()));
}
