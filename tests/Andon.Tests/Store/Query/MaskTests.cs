using System.Security.Claims;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Query;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Store.Query;

/// <summary>Masked fields: stable pseudonyms in every answer, and no question that finds the value behind one.</summary>
public sealed class MaskTests
{
    static readonly Mask Masked = new(["user.*", "source.ip", "winlog.event_data.User"], "0A1B");
    static readonly Sight Behind = new(Secrets: false, Cases: true, [], Masked);
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    sealed class ByRole : IAuthorizationService
    {
        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, IEnumerable<IAuthorizationRequirement> requirements) => throw new NotSupportedException();
        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, string policyName) =>
            Task.FromResult(user.IsInRole("admin") ? AuthorizationResult.Success() : AuthorizationResult.Failed());
    }

    internal static Sights Seen(IReadOnlyList<string> masked, IReadOnlyList<IRowGuard> guards, Unmasking? unmasking = null)
    {
        var options = new QueryOptions { Masked = masked };
        return new(guards, new ByRole(), options, unmasking ?? new(options, new MemoryFactLog(TimeProvider.System), TimeProvider.System));
    }

    static ClaimsPrincipal Person(string name, string role) => new(new ClaimsIdentity([new(ClaimTypes.Name, name), new(ClaimTypes.Role, role)], "test"));

    static async Task<string> Rows(string kql, Sight? sight = null) =>
        string.Join("; ", (await (await QueryStore.Engine()).Search(new(kql), new SearchHow(Sight: sight ?? Behind), Stop)).Rows.Select(r => string.Join(", ", r.Select(v => v?.ToString() ?? "null"))));

    [Fact]
    public async Task A_value_has_one_pseudonym_everywhere_and_stays_what_it_is()
    {
        var names = await Rows("Events | where isnotempty(user.name) | distinct user.name | sort by user.name asc");
        Assert.All(names.Split("; "), n => Assert.Matches("^masked-[0-9a-f]{12}$", n));
        // Alice and alice are one person: six different names in clear, one of them twice.
        Assert.Equal(await Rows("Events | where isnotempty(user.name) | summarize dcount(tolower(user.name))", Sight.Nobody), await Rows("Events | where isnotempty(user.name) | summarize dcount(user.name)"));
        Assert.Equal(names, await Rows("Events | where isnotempty(user.name) | distinct user.name | sort by user.name asc"));
        var root = await Rows("Events | where host.name == 'web01' | sort by timestamp asc | take 1 | project user.name");
        Assert.Equal($"user:{root}", await Rows("Alerts | project tostring(entities[1])"));
        Assert.Equal(root, await Rows("Alerts | project tostring(fields['user.name'])"));
        Assert.Equal("host:web01", await Rows("Alerts | project tostring(entities[0])"));
        Assert.Equal("2", await Rows($"Events | where user.name == '{root}' | count"));
        Assert.All((await Rows("Events | where isnotempty(source.ip) | project source.ip")).Split("; "), ip => Assert.StartsWith("fd", ip, StringComparison.Ordinal));
        Assert.Equal(await Rows("Events | where isnotempty(source.ip) | summarize n = count() by source.ip | sort by n desc | project n", Sight.Nobody), await Rows("Events | where isnotempty(source.ip) | summarize n = count() by source.ip | sort by n desc | project n"));
        Assert.Equal("2", await Rows("Alerts | extend u = tostring(fields['user.name']) | join kind=inner (Events | project u = user.name, host.name) on u | where host.name == 'web01' | count"));
    }

    [Theory]
    [InlineData("Events | where user.name =~ 'nobody-of-that-name'", "user.name holds pseudonyms")]
    [InlineData("Events | where host.name == 'web01' and (source.ip == '198.51.100.9' or source.ip in ('198.51.100.8'))", "source.ip holds pseudonyms")]
    [InlineData("Events | where event.original has 'nothing-like-it'", "is withheld")]
    [InlineData("search 'nothing-like-it'", "words are not looked for")]
    [InlineData("Events | where user.name == 'masked-0123456789ab'", null)]
    [InlineData("Events | where source.ip == 'fd12:3456:789a:bcde:f012:3456:789a:bcde'", null)]
    [InlineData("Events | where isempty(user.name) and host.name == 'nowhere'", null)]
    public async Task An_empty_answer_behind_a_mask_says_that_it_is_one(string kql, string? says)
    {
        var nothing = Assert.IsType<Ok<Nothing>>((await WhyNothing.Handle(new(kql), await QueryStore.Engine(), Seen(Masked.Fields, []), Person("anna", "analyst"), Stop)).Result).Value!;
        Assert.Equal(says is not null, nothing.Kind == NothingKind.Masked);
        if (says is null) return;
        Assert.Contains(says, nothing.Message, StringComparison.Ordinal);
        Assert.Contains("See in clear", nothing.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pseudonym_that_came_to_someone_who_sees_in_clear_is_named_as_one()
    {
        var nothing = Assert.IsType<Ok<Nothing>>((await WhyNothing.Handle(new("Events | where user.name == 'masked-0123456789ab'"), await QueryStore.Engine(), Seen(Masked.Fields, []), Person("root", "admin"), Stop)).Result).Value!;
        Assert.Equal((NothingKind.Masked, "user.name"), (nothing.Kind, nothing.Subject));
        Assert.Contains("You see the values themselves", nothing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Events | where user.name == 'root'")]
    [InlineData("Events | where user.name startswith 'r' and user.name !startswith 'masked'")]
    [InlineData("Events | where user.name in ('root', 'admin', 'alice')")]
    [InlineData("Events | where user.name matches regex '^[A-Z]+$'")]
    [InlineData("Events | where source.ip == '10.0.0.5'")]
    [InlineData("Events | where ipv4_is_in_range(source.ip, '10.0.0.0/8')")]
    [InlineData("Events | where event.original has 'root'")]
    [InlineData("Events | where event.original contains '10.0.0.5'")]
    [InlineData("Events | where isnotempty(event.original)")]
    [InlineData("search 'alice'")]
    [InlineData("Events | where winlog.event_data.User has 'Alice'")]
    [InlineData("Events | where tostring(bag) has 'Alice'")]
    [InlineData("Events | extend u = tostring(bag['winlog.event_data.User']) | where u endswith 'Alice'")]
    [InlineData("Events | evaluate bag_unpack(bag) : (['winlog.event_data.User']:string) | where ['winlog.event_data.User'] has 'Alice'")]
    [InlineData("Alerts | where entities has 'root'")]
    [InlineData("Alerts | where tostring(fields) has 'root'")]
    [InlineData("Events | where parse_json(event.original).User has 'Alice'")]
    [InlineData("Events | parse event.original with * 'for ' who ' from' * | where isnotempty(who)")]
    [InlineData("Events | join kind=inner (datatable(u:string)['root']) on $left.user.name == $right.u")]
    [InlineData("Events | where user.name in ((datatable(u:string)['root']))")]
    [InlineData("union Events, Alerts | where user.name =~ 'ROOT'")]
    [InlineData("let all = materialize(Events); all | where user.name == toscalar(print 'root')")]
    public async Task No_question_finds_the_value(string kql)
    {
        Assert.Equal("0", await Rows($"{kql} | count"));
    }

    [Fact]
    public async Task The_questions_above_do_find_it_in_clear()
    {
        Assert.Equal("2", await Rows("Events | where user.name == 'root' | count", Sight.Nobody));
        Assert.NotEqual("0", await Rows("search 'alice' | count", Sight.Nobody));
        Assert.NotEqual("0", await Rows("Events | where tostring(bag) has 'Alice' | count", Sight.Nobody));
        Assert.Equal("1", await Rows("Alerts | where entities has 'root' | count", Sight.Nobody));
    }

    [Fact]
    public async Task Other_fields_are_as_they_were()
    {
        foreach (var kql in (string[])["Events | where network.protocol == 'ssh' | count", "Events | summarize count() by host.name | sort by host.name asc", "Events | where n == 5 | project process.name, toint(n), f", "Events | where timestamp > datetime(2026-03-02) | count"])
            Assert.Equal(await Rows(kql, Sight.Nobody), await Rows(kql));
        var events = await (await QueryStore.Engine()).Events([new(4 << 12)], Behind, Stop);
        Assert.Equal("", events[0].Raw);
        Assert.StartsWith("masked-", events[0].Fields["user.name"][0], StringComparison.Ordinal);
        Assert.StartsWith("masked-", events[0].Fields["winlog.event_data.User"][0], StringComparison.Ordinal);
        Assert.Equal("0x3e7", events[0].Fields["winlog.event_data.LogonId"][0]);
        var answer = await (await QueryStore.Engine()).Search(new("Events | take 1"), new SearchHow(Sight: Behind), Stop);
        Assert.Contains(answer.Findings, f => f.Code == "KQL133" && f.Message.Contains("user.*", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clear_is_asked_for_with_a_reason_and_ends()
    {
        var clock = new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon));
        var facts = new MemoryFactLog(clock);
        var options = new QueryOptions { Masked = ["user.*"] };
        var unmasking = new Unmasking(options, facts, clock);
        await unmasking.StartAsync(Stop);
        var sights = Seen(["user.*"], [], unmasking);
        var (vera, root) = (Person("vera", "analyst"), Person("root", "admin"));
        Assert.NotNull((await sights.Of(vera)).Mask);
        Assert.Null((await sights.Of(root)).Mask);
        Assert.NotNull(sights.Least.Mask);
        Assert.Null(sights.Own.Mask);

        var wrong = Assert.IsType<BadRequest<SearchRefusal>>((await Unmask.Handle(new(" ", 600), sights, unmasking, facts, clock, vera, Stop)).Result).Value!;
        Assert.Equal(["KQL134", "KQL135"], wrong.Findings.Select(f => f.Code));
        var view = Assert.IsType<Ok<Unmask.MaskedView>>((await Unmask.Handle(new("case 7: call the victim", 10), sights, unmasking, facts, clock, vera, Stop)).Result).Value!;
        Assert.Equal((true, EventMaker.Noon + 600_000), (view.Clear, view.UntilMs));
        Assert.Null((await sights.Of(vera)).Mask);
        Assert.NotNull((await sights.Of(Person("carl", "analyst"))).Mask);
        Assert.Equal(("user:vera", "case 7: call the victim"), (await facts.Read(0, 9, Stop)) is [{ Body: SearchUnmasked said } one] ? (one.Actor, said.Why) : default);
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.NotNull((await sights.Of(vera)).Mask);
    }

    [Fact]
    public void The_key_of_a_house_stays()
    {
        var folder = Directory.CreateTempSubdirectory("andon-mask-").FullName;
        var options = new QueryOptions { Masked = ["user.*"], Folder = folder };
        Mask Read() => new Unmasking(options, new MemoryFactLog(TimeProvider.System), TimeProvider.System).Mask!;
        Assert.Equal(64, Read().Key.Length);
        Assert.Equal(Read().Key, Read().Key);
        Assert.NotEqual(Read().Key, new Unmasking(options with { Folder = null }, new MemoryFactLog(TimeProvider.System), TimeProvider.System).Mask!.Key);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "mask.key")));
        Directory.Delete(folder, recursive: true);
    }
}
