using Andon.Respond.Connectors;
using Andon.Respond.Playbooks;
using Andon.Respond.Variables;

namespace Andon.Tests.Respond;

/// <summary>What an attacker writes into a log line reaches a playbook as a value, and stays one (S1, S2, S4).</summary>
public sealed class RenderingTests
{
    public static TheoryData<string> Payloads() =>
    [
        "; rm -rf /", "$(id)", "`id`", "a b", "a/b", "../../admin", "?x=y&z", "#frag", "%2e%2e%2f", "a%00b", "\"}, \"admin\": true, {\"", "</a><b>",
        "{{7*7}}", "${{7*7}}", "__user__:value", "__case_id__:value", "'", "\\", "ü€😀", "-rf", "=cmd|' /C calc'!A0", "\tx", "x:y@evil", "\u202Eabc",
    ];

    static Variable? Find(string name, string payload) => name switch
    {
        "__user__" => new(name, "string", payload, false, true, ""),
        "__case_id__" => new(name, "string", "CASE-SECRET", false, true, ""),
        _ => null,
    };

    static HttpAsk Render(string line, string command, string payload)
    {
        var playbook = Books.Good(Books.Yaml(Books.Http("one", line, "on_completion: finish", command: command)));
        return HttpRendering.Render(Assert.IsType<HttpCommand>(playbook.Steps.Values.Single(s => s.Kind == StepKind.Action).Command), n => Find(n, payload));
    }

    [Theory, MemberData(nameof(Payloads))]
    public void In_a_path_it_is_one_segment(string payload)
    {
        var ask = Render("GET /users/__user__:value/block HTTP/1.1", "", payload);
        var sent = ask.Url.PathAndQuery.Split('/');
        Assert.Equal(["", "users", sent[2], "block"], sent);
        Assert.Equal(payload, Uri.UnescapeDataString(sent[2]));
        Assert.Equal("target.test", ask.Url.Host);
        Assert.DoesNotContain("CASE-SECRET", ask.Url.OriginalString);
        Assert.Equal("", ask.Url.Query);
    }

    [Theory, MemberData(nameof(Payloads))]
    public void In_a_query_it_is_one_value(string payload)
    {
        var ask = Render("GET /find?who=__user__:value&max=1 HTTP/1.1", "", payload);
        var pairs = ask.Url.Query.TrimStart('?').Split('&');
        Assert.Equal(2, pairs.Length);
        Assert.Equal(payload, Uri.UnescapeDataString(pairs[0]["who=".Length..]));
        Assert.Equal("max=1", pairs[1]);
    }

    [Theory, MemberData(nameof(Payloads))]
    public void In_json_it_is_one_string(string payload)
    {
        var ask = Render("POST /t HTTP/1.1", ", headers: { Content-Type: [application/json] }, content: '{\"text\":\"user __user__:value!\",\"list\":[\"__user__:value\"]}'", payload);
        using var body = System.Text.Json.JsonDocument.Parse(ask.Body ?? "");
        Assert.Equal(["text", "list"], body.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal($"user {payload}!", body.RootElement.GetProperty("text").GetString());
        Assert.Equal(payload, body.RootElement.GetProperty("list")[0].GetString());
        Assert.DoesNotContain("CASE-SECRET", ask.Body);
    }

    [Theory, MemberData(nameof(Payloads))]
    public void In_a_form_and_in_xml_it_is_one_value(string payload)
    {
        var form = Render("POST /t HTTP/1.1", ", headers: { Content-Type: [application/x-www-form-urlencoded] }, content: 'a=__user__:value&b=1'", payload);
        Assert.Equal(payload, Uri.UnescapeDataString((form.Body ?? "").Split('&')[0]["a=".Length..]));
        Assert.Equal("b=1", (form.Body ?? "").Split('&')[1]);
        var xml = Render("POST /t HTTP/1.1", ", headers: { Content-Type: [text/xml] }, content: '<a t=\"__user__:value\">__user__:value</a>'", payload);
        var read = System.Xml.Linq.XElement.Parse(xml.Body ?? "", System.Xml.Linq.LoadOptions.PreserveWhitespace);
        Assert.Equal(payload, read.Value);
        Assert.Empty(read.Elements());
        Assert.Single(read.Attributes());
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("\u0085")]
    [InlineData("ü")]
    public void In_a_header_what_could_end_it_is_refused(string payload) =>
        Assert.Throws<RenderRefused>(() => Render("GET / HTTP/1.1", ", headers: { X-User: ['__user__:value'] }", payload));

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public void In_a_path_what_would_name_another_place_is_refused(string payload) =>
        Assert.Throws<RenderRefused>(() => Render("DELETE /users/__user__:value HTTP/1.1", "", payload));

    [Fact]
    public void A_value_is_never_scanned_again()
    {
        var ask = Render("POST /t HTTP/1.1", ", headers: { Content-Type: [text/plain] }, content: '__user__:value'", "__case_id__:value");
        Assert.Equal("__case_id__:value", ask.Body);
        // Two values that only together would make a name.
        var joined = Template.Parse("__user__:value__user__:value").Render(n => n == "__user__" ? new(n, "string", "__case_id__:", false, false, "") : throw new InvalidOperationException(n), Encode.Plain);
        Assert.Equal("__case_id__:__case_id__:", joined);
    }

    [Fact]
    public void An_unset_variable_stops_the_command() =>
        Assert.Throws<RenderRefused>(() => Render("GET /__host__:value HTTP/1.1", "", "x"));

    [Fact]
    public void A_lone_placeholder_keeps_the_type_of_its_variable()
    {
        var playbook = Books.Good(Books.Yaml(
            Books.Http("one", "POST / HTTP/1.1", "on_completion: finish", command: ", headers: { Content-Type: [application/json] }, content: '{\"n\":\"__n__:value\",\"b\":\"__b__:value\",\"t\":\"n=__n__:value\"}'"),
            "__n__: { type: integer, value: '7' }\n__b__: { type: bool, value: 'true' }"));
        var ask = HttpRendering.Render(Assert.IsType<HttpCommand>(playbook.Steps.Values.Single(s => s.Kind == StepKind.Action).Command), n => playbook.Variables.GetValueOrDefault(n));
        Assert.Equal("""{"n":7,"b":true,"t":"n=7"}""", ask.Body);
    }

    [Fact]
    public void Secrets_are_masked_in_what_people_see()
    {
        var ask = Render("GET / HTTP/1.1", ", headers: { Authorization: ['Bearer canary-7'] }", "x");
        Assert.Contains(ask.Headers, h => h.Value == "Bearer canary-7");
        Assert.DoesNotContain("canary-7", ask.Shown());
    }
}
