using System.Globalization;
using Andon.Model;
using CsvHelper;
using CsvHelper.Configuration;

namespace Andon.Exposure.Assets;

/// <summary>What an upload gave: good rows and findings about the bad ones.</summary>
sealed record Read<T>(IReadOnlyList<T> Rows, IReadOnlyList<Finding> Findings);

/// <summary>
/// Reads the inventory: header <c>asset_id,name,addresses,zone,criticality,owner,unit,reachable,crown_jewel,roles</c> in any order; addresses
/// and roles (server, workstation, domain-controller …) separated by blanks or semicolons; criticality 0.5, 1, 1.5 or 2 (or low, medium, high, critical); true/false, yes/no, 1/0.
/// A bad row is left out with a finding; the others count.
/// </summary>
static class InventoryCsv
{
    static readonly string[] Needed = ["asset_id", "name"];
    static readonly string[] Known = ["asset_id", "name", "addresses", "zone", "criticality", "owner", "unit", "reachable", "crown_jewel", "roles"];

    public static Read<AssetStated> Read(TextReader text)
    {
        var rows = new Dictionary<string, AssetStated>();
        var findings = new FindingSheet("inventory");
        var broken = new List<string>();
        using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            MissingFieldFound = null, BadDataFound = e => broken.Add(e.RawRecord), PrepareHeaderForMatch = h => (h.Header ?? "").Trim().TrimStart('\uFEFF').ToLowerInvariant(), TrimOptions = TrimOptions.Trim,
        });
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header)
        {
            findings.Add("EXP001", "The inventory is empty.", "Begin with the header row.", 1);
            return new([], findings.All);
        }
        var names = header.Select(h => h.Trim().TrimStart('\uFEFF').ToLowerInvariant()).ToList();
        foreach (var missing in Needed.Except(names)) findings.Add("EXP002", $"The column '{missing}' is missing.", $"Columns: {string.Join(", ", Known)}.", 1);
        foreach (var unknown in names.Except(Known)) findings.Add("EXP003", $"The column '{unknown}' is not used.", $"Columns: {string.Join(", ", Known)}.", 1, FindingLevel.Note);
        if (Needed.Except(names).Any()) return new([], findings.All);

        var count = 0;
        while (csv.Read())
        {
            var line = csv.Parser.RawRow;
            if (++count > Limits.InventoryRowsMax)
            {
                findings.Add("EXP004", $"More than {Limits.InventoryRowsMax} rows; the rest is not read.", "Split the file.", line);
                break;
            }
            var before = findings.Errors;
            foreach (var raw in broken) findings.Add("EXP005", "The quotes of this row are wrong.", "Quote a field as a whole, and double the quotes inside.", line);
            broken.Clear();
            var asset = Row(csv, names, line, findings);
            if (findings.Errors > before) continue;
            if (!rows.TryAdd(asset.AssetId, asset)) findings.Add("EXP006", $"The asset '{asset.AssetId}' stands twice; the first row counts.", "Keep one row.", line);
        }
        return new([.. rows.Values], findings.All);
    }

    static AssetStated Row(CsvReader csv, List<string> names, int line, FindingSheet findings)
    {
        string Field(string name) => names.Contains(name) ? (csv.GetField(name) ?? "").Trim() : "";
        foreach (var name in Known)
            if (Field(name).Length > Limits.TextCharsMax) findings.Add("EXP007", $"'{name}' is longer than {Limits.TextCharsMax} characters.", "Shorten it.", line);
        var id = Field("asset_id");
        if (id.Length == 0) findings.Add("EXP008", "The row has no asset_id.", "Give each asset an id that stays.", line);
        var addresses = Field("addresses").Split([' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (addresses.Length > Limits.AddressesMax) findings.Add("EXP007", $"More than {Limits.AddressesMax} addresses.", "Shorten it.", line);
        foreach (var address in addresses)
            if (!System.Net.IPAddress.TryParse(address, out _)) findings.Add("EXP009", $"'{address}' is no address.", "IPv4 or IPv6, several separated by blanks.", line);
        return new(id, Field("name") is { Length: > 0 } name2 ? name2 : id,
            [.. addresses.Select(a => System.Net.IPAddress.TryParse(a, out var ip) ? ip.ToString() : a)], Field("zone").ToLowerInvariant(),
            Criticality(Field("criticality"), line, findings), Field("owner"), Field("unit"),
            Truth(Field("reachable"), "reachable", line, findings), Truth(Field("crown_jewel"), "crown_jewel", line, findings))
        {
            Roles = [.. Field("roles").ToLowerInvariant().Split([' ', ';'], StringSplitOptions.RemoveEmptyEntries).Distinct()],
        };
    }

    static double Criticality(string text, int line, FindingSheet findings)
    {
        switch (text.ToLowerInvariant())
        {
            case "": return 1;
            case "low": return 0.5;
            case "medium" or "normal": return 1;
            case "high": return 1.5;
            case "critical": return 2;
        }
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is 0.5 or 1 or 1.5 or 2) return number;
        findings.Add("EXP010", $"'{text}' is no criticality.", "0.5, 1, 1.5, 2, or low, medium, high, critical.", line);
        return 1;
    }

    static bool Truth(string text, string name, int line, FindingSheet findings)
    {
        switch (text.ToLowerInvariant())
        {
            case "true" or "yes" or "1": return true;
            case "" or "false" or "no" or "0": return false;
        }
        findings.Add("EXP011", $"'{text}' is neither yes nor no in '{name}'.", "true or false.", line);
        return false;
    }

    /// <summary>Assets whose statement changed.</summary>
    public static IReadOnlyList<FactBody> Changes(Windows.Scene scene, IReadOnlyList<AssetStated> rows) =>
        [.. rows.Where(r => !scene.Assets.TryGetValue(r.AssetId, out var known) || !Same(known, r))];

    static bool Same(AssetStated a, AssetStated b) => a == b with { Addresses = a.Addresses, Roles = a.Roles } && a.Addresses.SequenceEqual(b.Addresses) && a.Roles.SequenceEqual(b.Roles);
}

/// <summary>Findings of one upload: all at once, and not without bound.</summary>
sealed class FindingSheet(string place)
{
    readonly List<Finding> all = [];

    public int Errors { get; private set; }
    public IReadOnlyList<Finding> All => Errors > Limits.FindingsMax ? [.. all, new("EXP012", $"{Errors} findings; {Limits.FindingsMax} are shown.", "Mend these, and upload again.", place)] : all;

    public void Add(string code, string message, string hint, int line = 0, FindingLevel level = FindingLevel.Error)
    {
        if (level == FindingLevel.Error) Errors++;
        if (all.Count < Limits.FindingsMax) all.Add(new(code, message, hint, line > 0 ? $"{place}:{line}" : place, level));
    }
}
