using System.Reflection;
using System.Text;
using Andon.Model;

namespace Andon.Tests.Walls;

/// <summary>Public types are doors and doors are few. Their list stands in a file, so that a reviewer sees each new one.</summary>
public sealed class Doors
{
    static readonly string[] Assemblies = ["Andon.Store", "Andon.Intake", "Andon.Detect", "Andon.Exposure", "Andon.Triage", "Andon.Respond", "Andon.Measure", "andon"];

    [Fact]
    public void The_doors_are_those_in_the_list()
    {
        var printed = Print();
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "DOORS.txt");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(path, printed);
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == printed,
            "The public surface changed. If each new door is wanted, run the tests once with UPDATE=1 and show docs/DOORS.txt to a reviewer; otherwise make the type internal.");
    }

    static string Print()
    {
        var text = new StringBuilder("# Doors: every public type of the rooms and its members. Printed by tests/Andon.Tests/Walls/Doors.cs (UPDATE=1).\n");
        foreach (var name in Assemblies)
        {
            text.Append("\n## ").Append(name).Append('\n');
            foreach (var type in Assembly.Load(name).GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
            {
                text.Append(type.FullName).Append('\n');
                if (type.IsNested || type.IsEnum) continue;
                var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                    .Where(m => m is not MethodInfo { IsSpecialName: true } and not Type && !m.Name.StartsWith('<') && !Generated.Contains(m.Name))
                    .Select(m => m is MethodBase method ? $"{m.Name}({string.Join(", ", method.GetParameters().Select(p => p.ParameterType.Name))})" : m.Name)
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal);
                foreach (var member in members) text.Append("    ").Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    // What every record has is no news.
    static readonly HashSet<string> Generated = ["Equals", "GetHashCode", "ToString", "Deconstruct", "PrintMembers", "EqualityContract"];
}
