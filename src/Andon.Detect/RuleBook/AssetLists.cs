using System.Collections.Immutable;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>
/// Lists that rules name (<c>%Workstations%</c>), kept from what the inventory says: content/mappings/lists.yml tells which roles make
/// which list; every role is also a list of its own name. A fold over assets.
/// </summary>
sealed class AssetLists(PlaceholderLists lists, IReadOnlyList<AssetLists.Recipe> recipes)
{
    /// <param name="Roles">An asset with one of these is in the list.</param>
    /// <param name="Gives">What of an asset stands in the list: name, address, account (the machine's, <c>NAME$</c>).</param>
    internal sealed record Recipe(string List, IReadOnlyList<string> Roles, IReadOnlyList<string> Gives);

    static readonly string[] Usual = ["name", "address"];

    readonly Dictionary<string, HashSet<string>> listsOf = new(StringComparer.Ordinal);

    public void State(AssetStated asset)
    {
        var now = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var role in asset.Roles) now[role] = Usual;
        foreach (var recipe in recipes)
            if (recipe.Roles.Intersect(asset.Roles, StringComparer.OrdinalIgnoreCase).Any()) now[recipe.List] = recipe.Gives;
        foreach (var left in listsOf.GetValueOrDefault(asset.AssetId, []).Where(l => !now.ContainsKey(l))) lists.State(left, asset.AssetId, []);
        foreach (var (list, gives) in now) lists.State(list, asset.AssetId, Names(asset, gives));
        listsOf[asset.AssetId] = [.. now.Keys];
    }

    static ImmutableArray<string> Names(AssetStated asset, IReadOnlyList<string> gives)
    {
        // web01.example.org is web01 in most logs of Windows.
        var dot = asset.Name.IndexOf('.', StringComparison.Ordinal);
        var host = dot > 0 && !System.Net.IPAddress.TryParse(asset.Name, out _) ? asset.Name[..dot] : asset.Name;
        return [.. gives.SelectMany(g => g switch { "name" => [asset.Name, host], "account" => [host + "$"], _ => asset.Addresses }).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    public static IReadOnlyList<Recipe> Load(string contentFolder, Action<Finding> found)
    {
        var path = Path.Combine(contentFolder, "mappings", "lists.yml");
        if (!File.Exists(path)) return [];
        var sink = new FindingSink("lists.yml");
        var recipes = new List<Recipe>();
        foreach (var document in YamlReader.Read(File.ReadAllText(path), sink))
            foreach (var (name, value) in (document.Root as YamlMap)?.Entries ?? [])
            {
                var gives = value is YamlMap map ? Words(map.Get("gives")) : [];
                if (value is not YamlMap recipe || Words(recipe.Get("roles")) is not { Count: > 0 } roles || gives.Except(["name", "address", "account"]).Any())
                    sink.Error("SIG103", value.At, $"The list '{name.Text}' has 'roles' and perhaps 'gives' (name, address, account).", $"For example '{name.Text}: {{ roles: [server] }}'.");
                else recipes.Add(new(name.Text, roles, gives.Count > 0 ? gives : Usual));
            }
        foreach (var finding in sink.All) found(finding);
        return recipes;
    }

    static List<string> Words(YamlNode? node) => node switch { YamlScalar one => [one.Text], YamlList many => [.. many.Items.OfType<YamlScalar>().Select(s => s.Text)], _ => [] };
}
