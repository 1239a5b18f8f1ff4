using System.Text;
using System.Text.Json;

namespace Andon.Store.Facts;

/// <summary>
/// What a fact is about: the texts of its properties whose names end in <c>Id</c>, or <c>Ids</c> for lists, in order. Read from the JSON,
/// so that facts of a newer program have subjects too. The first is the fact's own subject.
/// </summary>
internal static class Subjects
{
    /// <summary>More ids than this are not indexed; the fact keeps them all.</summary>
    public const int Max = 256;

    public static IReadOnlyList<string> Of(string json)
    {
        var found = new List<string>(4);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        var inIds = false;
        while (reader.Read() && found.Count < Max)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                    var name = reader.ValueSpan;
                    inIds = name.EndsWith("Id"u8) || name.EndsWith("Ids"u8);
                    break;
                case JsonTokenType.StartObject when reader.CurrentDepth > 0:
                    reader.Skip();
                    break;
                case JsonTokenType.String when inIds && reader.CurrentDepth <= 2:
                    if (reader.GetString() is { Length: > 0 } text && !found.Contains(text)) found.Add(text);
                    break;
            }
        }
        return found;
    }
}
