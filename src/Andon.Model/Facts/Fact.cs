using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Andon.Model;

/// <summary>The rooms of the house; each fact type has exactly one of them as its writer.</summary>
public enum Room { Store, Intake, Detect, Exposure, Triage, Respond, Measure, Host }

/// <summary>Gives a fact type its stable name and its one writer. A wall test holds it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FactAttribute(string name, Room writer) : Attribute
{
    public string Name { get; } = name;
    public Room Writer { get; } = writer;
}

/// <summary>A change we record. Subclasses are plain data: strings, numbers, lists, nested records.</summary>
public abstract record FactBody;

/// <summary>A fact as it stands in the log.</summary>
/// <param name="Seq">1, 2, 3 … without gaps.</param>
/// <param name="AtMs">When, Unix milliseconds UTC.</param>
/// <param name="Actor">Who: <c>user:anna</c>, <c>andon:triage</c>.</param>
/// <param name="Cause">What led to it: <c>fact:17</c>, <c>hit:812.0/RULE-ID</c>, <c>record:812</c>, or a person's words.</param>
public sealed record Fact(long Seq, long AtMs, string Actor, string Cause, FactBody Body);

/// <summary>A fact on its way into the log.</summary>
public sealed record FactDraft(string Actor, string Cause, FactBody Body)
{
    /// <summary>Set where the time matters for a replay; otherwise the log's clock gives it.</summary>
    public long? AtMs { get; init; }
}

/// <summary>All fact types by name, and their JSON. Unknown names read as <see cref="UnknownFact"/>, so an older program can still read a newer log.</summary>
public static class FactTypes
{
    static readonly FrozenDictionary<string, Type> ByName = typeof(FactTypes).Assembly.GetTypes()
        .Where(t => t.GetCustomAttribute<FactAttribute>() is not null)
        .ToFrozenDictionary(t => t.GetCustomAttribute<FactAttribute>()!.Name);

    static readonly FrozenDictionary<Type, string> Names = ByName.ToFrozenDictionary(p => p.Value, p => p.Key);

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static IReadOnlyCollection<Type> Every => ByName.Values;

    public static string NameOf(FactBody body) => body is UnknownFact u ? u.Name : Names[body.GetType()];

    public static string NameOf(Type type) => Names[type];

    public static Room WriterOf(Type type) => type.GetCustomAttribute<FactAttribute>()!.Writer;

    /// <summary>Names of facts about people and keys begin so: who holds the permission Admin reads them, and nobody else.</summary>
    public static IReadOnlyList<string> Secret { get; } = ["user.", "token."];

    /// <summary>About people and keys, by its name.</summary>
    public static bool IsSecret(string name) => Secret.Any(p => name.StartsWith(p, StringComparison.Ordinal));

    /// <summary>What Triage and Respond write is about cases, for who holds the permission Cases; what a later version wrote may be.</summary>
    public static bool IsOfCases(Type type) => type == typeof(UnknownFact) || WriterOf(type) is Room.Triage or Room.Respond;

    public static string Write(FactBody body) => body is UnknownFact u ? u.Json : JsonSerializer.Serialize(body, body.GetType(), Json);

    public static FactBody Read(string name, string json) =>
        ByName.TryGetValue(name, out var type) ? (FactBody)JsonSerializer.Deserialize(json, type, Json)! : new UnknownFact(name, json);
}

/// <summary>A fact whose type this version of the program does not know.</summary>
public sealed record UnknownFact(string Name, string Json) : FactBody;
