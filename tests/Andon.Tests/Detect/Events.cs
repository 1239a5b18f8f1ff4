using System.Text;
using System.Text.Json;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>Small ways to rules and events for this room's tests.</summary>
static class Events
{
    /// <summary>Everything is product "test"; no aliases.</summary>
    public static readonly string TestRoutes = "routes:\n  - { gives: { product: test }, when: {} }\n";

    public static string Here => Path.Combine(SharedData.RepositoryRoot, "tests", "Andon.Tests", "Detect", "Cases");

    public static ContentFolder Content => new(Path.Combine(SharedData.RepositoryRoot, "content"));

    public static SigmaFile Read(string yaml, string file = "test.yml") => SigmaReader.Read(file, yaml, PlaceholderLists.None);

    public static RuleSet Set(params string[] yamls) => new([.. yamls.Select((y, i) => Read(y, $"test{i}.yml"))], Mappings.Read(TestRoutes, ""));

    /// <summary>Leaves of a JSON object as cells under dotted names; arrays are repeated cells. What the real normaliser does with plain JSON.</summary>
    public static EventBatch Batch(params string[] jsons) => Batch(1, jsons);

    public static EventBatch Batch(ulong first, params string[] jsons)
    {
        var batch = new EventBatch(4096);
        for (var i = 0; i < jsons.Length; i++)
        {
            var raw = Encoding.UTF8.GetBytes(jsons[i]);
            batch.Begin(new Andon.Model.Record(first + (ulong)i, 0, new("test", "test"), raw));
            using var json = JsonDocument.Parse(raw);
            if (json.RootElement.TryGetProperty("t", out var time)) { batch.Current.TimeMs = time.GetInt64(); batch.Current.ReceivedMs = time.GetInt64(); }
            Leaves(batch, "", json.RootElement);
        }
        batch.From = first;
        batch.To = first + (ulong)jsons.Length;
        return batch.Seal();
    }

    /// <summary>What a normaliser makes of JSON lines: <c>t</c> is event time, where there is one. A line with <c>broken</c> becomes an event that nobody can read: a fault of ours.</summary>
    public static EventBatch Normalise(IReadOnlyList<Andon.Model.Record> records)
    {
        var batch = new EventBatch(4096);
        foreach (var record in records)
        {
            batch.Begin(record);
            using var json = JsonDocument.Parse(record.Raw);
            if (json.RootElement.TryGetProperty("t", out var time)) batch.Current.TimeMs = time.GetInt64();
            Leaves(batch, "", json.RootElement);
            if (json.RootElement.TryGetProperty("broken", out _)) batch.Add(FieldNames.Intern("F"), 1 << 30, 8, ValueKind.Text);
        }
        return batch;
    }

    static void Leaves(EventBatch batch, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject()) Leaves(batch, name.Length == 0 ? property.Name : $"{name}.{property.Name}", property.Value);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Leaves(batch, name, item);
                break;
            default:
                var kind = value.ValueKind switch { JsonValueKind.String => ValueKind.Text, JsonValueKind.Number => ValueKind.Number, JsonValueKind.True => ValueKind.True, JsonValueKind.False => ValueKind.False, _ => ValueKind.Null };
                var text = kind == ValueKind.Text ? value.GetString() ?? "" : kind == ValueKind.Null ? "" : value.GetRawText();
                batch.Add(batch.NameOf(Encoding.UTF8.GetBytes(name)), Encoding.UTF8.GetBytes(text), kind);
                break;
        }
    }
}
