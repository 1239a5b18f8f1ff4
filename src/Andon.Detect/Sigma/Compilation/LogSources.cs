using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Indexing;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>One line of content/mappings/logsources.yml: events that look so belong to that log source.</summary>
/// <param name="When">Field → values, one of which it must have; no values = it must be there.</param>
/// <param name="Renames">Sigma field → the name it has in these events.</param>
/// <param name="Under">Where these events keep the vendor's own fields: <c>azure.</c>; empty where they keep their names.</param>
sealed record Route(LogSource Gives, IReadOnlyDictionary<string, IReadOnlyList<string>> When, IReadOnlyDictionary<string, string> Named, string Under = "")
{
    /// <summary>Asked for every field of a rule.</summary>
    public Renames Renames { get; } = new(Named, Under);

    public string RenamesKey => Renames.Key;

    /// <summary>A rule applies where each part that it states is this route's.</summary>
    public bool Holds(LogSource asked) => Same(asked.Product, Gives.Product) && Same(asked.Category, Gives.Category) && Same(asked.Service, Gives.Service);

    static bool Same(string? asked, string? given) => asked is null || string.Equals(asked, given, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a route calls a rule's fields: by their own line, or all below one name.</summary>
sealed class Renames(IReadOnlyDictionary<string, string> named, string under)
{
    public static readonly Renames None = new(new Dictionary<string, string>(), "");

    /// <summary>All of it as one text: routes that rename alike share compiled rules.</summary>
    public string Key { get; } = string.Join(';', named.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key}={r.Value}")) + (under.Length > 0 ? ";" + under : "");

    public bool Any => named.Count > 0 || under.Length > 0;

    /// <summary>Empty where the field keeps its name.</summary>
    public string Of(string field) => under + named.GetValueOrDefault(field, under.Length > 0 ? field : "");
}

/// <summary>The mapping files of the room, as read: routes and field aliases.</summary>
sealed class Mappings(IReadOnlyList<Route> routes, FieldAliases aliases, IReadOnlyList<Finding> findings)
{
    string text = "";

    public IReadOnlyList<Route> Routes { get; } = routes;
    public FieldAliases Aliases { get; } = aliases;
    public IReadOnlyList<Finding> Findings { get; } = findings;

    /// <param name="before">Given back when the files hold what they held then.</param>
    public static Mappings Load(string contentFolder, Mappings? before = null)
    {
        var routesFile = Path.Combine(contentFolder, "mappings", "logsources.yml");
        var aliasFile = Path.Combine(contentFolder, "mappings", "sigma-aliases.yml");
        var (routes, aliases) = (File.Exists(routesFile) ? File.ReadAllText(routesFile) : "", File.Exists(aliasFile) ? File.ReadAllText(aliasFile) : "");
        return before is not null && before.text == routes + '\0' + aliases ? before : Read(routes, aliases);
    }

    public static Mappings Read(string logsources, string aliases)
    {
        var sink = new FindingSink("logsources.yml");
        var aliasSink = new FindingSink("sigma-aliases.yml");
        var routes = new List<Route>();
        foreach (var document in YamlReader.Read(logsources, sink))
        {
            if (document.Root is not YamlMap root || root.Get("routes") is not YamlList list) { sink.Error("SIG100", document.Root.At, "The file has no list 'routes'.", "Begin with 'routes:'."); continue; }
            foreach (var node in list.Items)
                if (One(node, sink) is { } route) routes.Add(route);
        }
        var names = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var document in YamlReader.Read(aliases, aliasSink))
        {
            if (document.Root is not YamlMap root) { aliasSink.Error("SIG102", document.Root.At, "The file is a map of Sigma field to names.", "For example 'Image: process.executable'."); continue; }
            foreach (var (field, value) in root.Entries)
                names[field.Text] = value switch { YamlScalar one => [one.Text], YamlList many => [.. many.Items.OfType<YamlScalar>().Select(s => s.Text)], _ => [] };
        }
        return new(routes, new(names), [.. sink.All, .. aliasSink.All]) { text = logsources + '\0' + aliases };
    }

    static Route? One(YamlNode node, FindingSink sink)
    {
        if (node is not YamlMap map || map.Get("gives") is not YamlMap gives || map.Get("when") is not YamlMap when)
        {
            sink.Error("SIG101", node.At, "A route has 'gives' and 'when'.", "For example '{ gives: { product: windows, service: security }, when: { winlog.channel: Security } }'.");
            return null;
        }
        var conditions = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (field, value) in when.Entries)
            conditions[field.Text] = value switch
            {
                YamlScalar { Text: "*" } => [],
                YamlScalar one => [one.Text],
                YamlList many => [.. many.Items.OfType<YamlScalar>().Select(s => s.Text)],
                _ => [],
            };
        var renames = map.Get("fields") is YamlMap fields ? fields.Entries.ToDictionary(e => e.Key.Text, e => e.Value.ToString() ?? "") : [];
        var under = (map.Get("under") as YamlScalar)?.Text ?? "";
        return new(new(Part("product"), Part("category"), Part("service")), conditions, renames, under.Length > 0 ? under + "." : "");

        string? Part(string key) => (gives.Get(key) as YamlScalar)?.Text.ToLowerInvariant();
    }
}

/// <summary>Gives each event the key of its plan: for every field that some route asks about, which of the known values it has.</summary>
sealed class Router
{
    sealed record KeyField(FieldSlot Slot, Dictionary<byte[], int> Values, UInt128 Weight);

    readonly KeyField[] keys;
    readonly KnownValues[] lookups;
    readonly IReadOnlyList<Route> routes;

    public Router(IReadOnlyList<Route> routes, FieldTable fields)
    {
        this.routes = routes;
        var values = new Dictionary<string, Dictionary<byte[], int>>();
        foreach (var route in routes)
            foreach (var (field, wanted) in route.When)
            {
                if (!values.TryGetValue(field, out var known)) values[field] = known = new(Utf8Names.Instance);
                foreach (var value in wanted) known.TryAdd(Fold.Bytes(value), known.Count + 2); // 0 absent, 1 some other value
            }
        UInt128 weight = 1;
        var made = new List<KeyField>();
        foreach (var (field, known) in values)
        {
            made.Add(new(fields.Exact(field), known, weight));
            weight = checked(weight * (uint)(known.Count + 2));
        }
        keys = [.. made];
        lookups = [.. keys.Select(k => new KnownValues(k.Values))];
    }

    public UInt128 KeyOf(EventValues values)
    {
        UInt128 key = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            var cell = values.First(keys[i].Slot);
            if (cell < 0) continue;
            var number = Math.Max(lookups[i].Of(values.Folded(cell)), 1);
            key += keys[i].Weight * (uint)number;
        }
        return key;
    }

    /// <summary>Routes that hold for every event with that key.</summary>
    public List<Route> RoutesOf(UInt128 key)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var field in keys) numbers[field.Slot.Field] = (int)(key / field.Weight % (uint)(field.Values.Count + 2));
        return [.. routes.Where(r => r.When.All(w => w.Value.Count == 0 ? numbers[w.Key] > 0 : w.Value.Any(v => numbers[w.Key] == keys.First(k => k.Slot.Field == w.Key).Values[Fold.Bytes(v)])))];
    }
}
