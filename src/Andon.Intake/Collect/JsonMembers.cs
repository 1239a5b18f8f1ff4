using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Andon.Intake.Normalise;

namespace Andon.Intake.Collect;

/// <summary>
/// Members and texts of what strangers wrote as JSON. Half a pair of surrogates is allowed in JSON and is no text: the framework throws where it meets
/// one, also in the name of a neighbour; here names are compared as they stand, and in a text the half becomes U+FFFD.
/// </summary>
static class JsonMembers
{
    /// <summary>The last member of that name, as it stands there without escapes.</summary>
    public static bool TryMember(this JsonElement of, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        if (of.ValueKind != JsonValueKind.Object) return false;
        var found = false;
        foreach (var member in of.EnumerateObject())
            if (JsonMarshal.GetRawUtf8PropertyName(member).SequenceEqual(name)) (found, value) = (true, member.Value);
        return found;
    }

    /// <summary>The text of a string.</summary>
    public static string Plain(this JsonElement text)
    {
        try
        {
            return text.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
            var into = new byte[raw.Length + JsonText.Slack];
            return Encoding.UTF8.GetString(into, 0, JsonText.Unescape(raw, into, out _));
        }
    }
}
