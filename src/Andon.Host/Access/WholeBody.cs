using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Andon.Model;

namespace Andon.Host.Access;

/// <summary>
/// What a route asks for as never null is there before its handler runs: JSON leaves out what it likes, and a handler that trusts its types
/// would fail over it. One check before all routes, so that one that is added tomorrow is safe too.
/// </summary>
static class WholeBody
{
    const int DeepMax = 8;

    /// <param name="Must">It may not be null.</param>
    /// <param name="Read">Reads it from the object.</param>
    sealed record Part(string Name, bool Must, Func<object, object?> Read);

    static readonly ConcurrentDictionary<Type, IReadOnlyList<Part>> Known = [];

    public static EndpointFilterDelegate Asked(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var services = context.ApplicationServices.GetRequiredService<IServiceProviderIsService>();
        var bodies = context.MethodInfo.GetParameters().Where(p => Ours(p.ParameterType) && !services.IsService(p.ParameterType) && Parts(p.ParameterType).Count > 0).Select(p => p.Position).ToList();
        return bodies.Count == 0 ? next : call =>
        {
            var findings = new List<Finding>();
            foreach (var at in bodies) Look(call.Arguments[at], "", 0, findings);
            return findings.Count == 0 ? next(call) : ValueTask.FromResult<object?>(TypedResults.BadRequest(findings[0]));
        };
    }

    static void Look(object? value, string place, int depth, List<Finding> findings)
    {
        if (value is null || depth > DeepMax || findings.Count > 0) return;
        if (value is string) return;
        if (value is IEnumerable many)
        {
            var i = 0;
            foreach (var one in many) Look(one, $"{place}/{i++}", depth + 1, findings);
            return;
        }
        if (!Ours(value.GetType())) return;
        foreach (var part in Parts(value.GetType()))
        {
            var at = $"{place}/{part.Name}";
            var said = part.Read(value);
            if (said is null && part.Must) findings.Add(new("ACC004", $"{part.Name} is missing.", "Send all that the route asks for; its description is at /openapi/v1.json.", at));
            Look(said, at, depth + 1, findings);
        }
    }

    static bool Ours(Type type) => type is { IsClass: true, IsAbstract: false } && type.Namespace?.StartsWith("Andon", StringComparison.Ordinal) == true;

    // A record's own constructor says what must be said: no question mark, no default.
    static IReadOnlyList<Part> Parts(Type type) => Known.GetOrAdd(type, static of =>
    {
        if (of.GetMethod("<Clone>$") is null || of.GetConstructors() is not [var made]) return [];
        var nulls = new NullabilityInfoContext();
        return [.. made.GetParameters().Where(p => !p.ParameterType.IsValueType).Select(p => (Asked: p, Property: of.GetProperty(p.Name ?? ""))).Where(p => p.Property is not null)
            .Select(p => new Part(JsonNamingPolicy.CamelCase.ConvertName(p.Property!.Name), !p.Asked.HasDefaultValue && nulls.Create(p.Asked).WriteState == NullabilityState.NotNull, p.Property.GetValue))];
    });
}
