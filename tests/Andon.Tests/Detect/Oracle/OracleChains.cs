namespace Andon.Tests.Detect.Oracle;

/// <summary>Which modifiers may stand together: SG25 to SG39, read once more and independently of the loader.</summary>
static class OracleChains
{
    static readonly string[] Places = ["contains", "startswith", "endswith"], Flags = ["i", "m", "s", "ignorecase", "multiline", "dotall"],
        Wides = ["wide", "utf16", "utf16le", "utf16be"], Encodings = ["base64", "base64offset"], Orders = ["lt", "lte", "gt", "gte"];

    public static readonly string[] All = [.. Places, .. Flags, .. Wides, .. Encodings, .. Orders, .. OracleTime.Parts, "all", "re", "cased", "cidr", "windash", "exists", "neq", "fieldref", "expand"];

    public static bool Legal(string[] chain)
    {
        if (chain.Distinct().Count() < chain.Length) return false;
        bool Has(params string[] any) => chain.Any(any.Contains);
        bool OnlyWith(params string[] others) => chain.Skip(1).All(others.Contains);
        if (chain.Count(Places.Contains) > 1 || chain.Count(Encodings.Contains) > 1 || chain.Count(Wides.Contains) > 1) return false;
        if (Has("re")) return chain[0] == "re" && OnlyWith([.. Flags, .. Places, "all", "neq", "expand"]);                       // SG28, SG26, SG39
        if (Has(Flags)) return false;
        if (Has("cidr")) return chain[0] == "cidr" && OnlyWith("all", "neq", "expand");                                          // SG33
        if (Has("exists")) return chain.Length == 1;                                                                             // SG34
        if (Has(OracleTime.Parts)) return OracleTime.Parts.Contains(chain[0]) && OnlyWith([.. Orders, "neq"]) && chain.Count(Orders.Contains) < 2; // SG38
        if (Has(Orders)) return chain.Length == 1;                                                                               // SG36
        if (Has("fieldref")) return chain.All(m => m is "fieldref" or "cased" or "neq" or "all" || Places.Contains(m));          // SG37
        var encoding = Array.FindIndex(chain, Encodings.Contains);
        if (Has(Wides) && Array.FindIndex(chain, Wides.Contains) is var wide && wide > encoding) return false;                   // SG32
        return encoding < 0 || (!Has("windash") && (!Has(Places) || Array.FindIndex(chain, Places.Contains) > encoding));        // SG31
    }

    public static string Value(string[] chain) =>
        chain.Contains("expand") ? "'%x%'"
        : chain.Contains("exists") ? "true"
        : chain.Contains("cidr") ? "10.0.0.0/8"
        : chain.Any(m => Orders.Contains(m) || OracleTime.Parts.Contains(m)) ? "5"
        : "abc";
}
