using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Andon.Intake;

namespace Andon.Host.Cli;

/// <summary>A file in the configuration: its path alone, or <c>{"path", "format", "host"}</c>. It is followed through rotation.</summary>
sealed partial class FileSetting : JsonConverter<FileInput>
{
    public override FileInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return Checked(reader.GetString(), null, null);
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A file is a path, or an object with path, format and host.");
        string? path = null, format = null, host = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var value = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException($"'{name}' of a file is a text.");
            switch (name)
            {
                case "path": path = value; break;
                case "format": format = value; break;
                case "host": host = value; break;
                default: throw new JsonException($"A file has no setting '{name}': it has path, format and host.");
            }
        }
        return Checked(path, format, host);
    }

    static FileInput Checked(string? path, string? format, string? host)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new JsonException("A file lacks its path.");
        if (format is not null && !Word().IsMatch(format)) throw new JsonException($"'{format}' is no format: json, syslog, nginx, apache or a program's name.");
        if (host is not null && !Word().IsMatch(host)) throw new JsonException($"'{host}' is no host name.");
        return new(path, Tail: true, format, host);
    }

    public override void Write(Utf8JsonWriter writer, FileInput value, JsonSerializerOptions options) => throw new NotSupportedException("Settings are read only.");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
