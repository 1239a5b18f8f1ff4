using System.Text;
using Andon.Detect.Stage;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Every DHCP server tells its leases in the words that the matcher asks for, with address and host; and gives them back.</summary>
public sealed class LeaseFormats
{
    static IReadOnlyList<Lease>? Seen(Origin origin, string line)
    {
        using var batch = Lab.Normaliser.Normalise([Lab.Record(origin, Encoding.UTF8.GetBytes(line))]);
        var sight = new LeaseSight();
        sight.See(batch[0]);
        return sight.Take();
    }

    [Theory]
    [InlineData("<30>Mar  2 07:59:58 d dhcpd[1]: DHCPACK on 10.0.0.50 to aa:bb:cc:dd:ee:ff (laptop1) via eth0", "laptop1", false)]
    [InlineData("<30>Mar  2 07:59:58 d dhcpd[1]: DHCPACK on 10.0.0.50 to aa:bb:cc:dd:ee:ff (laptop1) via eth1 relay 10.0.0.254 lease-duration 43200 (RENEW) uid 01:aa", "laptop1", false)]
    [InlineData("<30>Mar  2 07:59:58 d dhcpd[1]: DHCPRELEASE of 10.0.0.50 from aa:bb:cc:dd:ee:ff (laptop1) via eth0 (found)", "laptop1", true)]
    [InlineData("<30>Mar  2 07:59:58 d dhcpd[1]: r-l-e:10.0.0.50,Issued,laptop1,aa:bb:cc:dd:ee:ff,1772438398,1772481598,1234,$", "laptop1", false)]
    [InlineData("<30>Mar  2 07:59:58 d dhcpd[1]: r-l-e:10.0.0.50,Freed,laptop1,aa:bb:cc:dd:ee:ff,1772438398,1772481598,1234,$", "laptop1", true)]
    [InlineData("<30>Mar  2 07:59:58 d dnsmasq-dhcp[1]: DHCPACK(br0) 10.0.0.50 aa:bb:cc:dd:ee:ff laptop1", "laptop1", false)]
    [InlineData("<30>Mar  2 07:59:58 d dnsmasq-dhcp[1]: 3456789 DHCPACK(br0) 10.0.0.50 aa:bb:cc:dd:ee:ff laptop1", "laptop1", false)]
    [InlineData("<13>Mar  2 07:59:58 d DhcpSrvLog: 11,03/02/26,07:59:58,Renew,10.0.0.50,laptop1.corp.example,AABBCCDDEEFF,,1234567,0,,,,,,,,,0", "laptop1", false)]
    [InlineData("10,03/02/26,07:59:58,Zuweisen,10.0.0.50,laptop1.corp.example,AABBCCDDEEFF,", "laptop1", false)]
    [InlineData("12,03/02/26,07:59:58,Release,10.0.0.50,laptop1.corp.example,AABBCCDDEEFF,,1234567,0,,,,,,,,,0", "laptop1", true)]
    [InlineData("18,03/02/26,07:59:58,Expired,10.0.0.50,laptop1.corp.example,,,0,6,,,,,,,,,0", "laptop1", true)]
    public void A_lease_is_seen(string line, string host, bool ends)
    {
        var lease = Assert.Single(Seen(line[0] == '<' ? Lab.Udp : Lab.File, line)!);
        Assert.Equal(("10.0.0.50", ends), (lease.Address, lease.Ends));
        Assert.StartsWith(host, lease.Host, StringComparison.OrdinalIgnoreCase);
    }

    [Xunit.Fact]
    public void Rows_of_Keas_lease_file_are_leases_where_the_file_is_said_to_be_one()
    {
        var file = new Origin("file", "/var/lib/kea/kea-leases4.csv", "format=kea");
        const string Row = "10.0.0.50,aa:bb:cc:dd:ee:ff,01:aa:bb:cc:dd:ee:ff,3600,1772441998,1,1,1,laptop1.corp.example.,";
        Assert.False(Assert.Single(Seen(file, Row + "0,,0")!).Ends);
        Assert.True(Assert.Single(Seen(file, Row + "3,,0")!).Ends);
    }

    [Theory]
    [InlineData("30,03/02/26,07:59:58,DNS Update Request,50.0.0.10,laptop1.corp.example,,,0,6,,,,,,,,,0")] // DNS writes the address backwards.
    [InlineData("13,03/02/26,07:59:58,Conflict,10.0.0.50,BAD_ADDRESS,0A00003200,,0,6,,,,,,,,,0")]
    [InlineData("15,03/02/26,07:59:58,NACK,10.0.0.50,laptop1,AABBCCDDEEFF,,0,6,,,,,,,,,0")]
    [InlineData("10,12.5,03/02/26,an ordinary row: of numbers")]
    public void What_gives_no_lease_is_none(string line) => Assert.Null(Seen(Lab.File, line));
}
