using System.Net;
using System.Net.Sockets;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>Takes an address, and keeps trying while another program has it: a listener that is not there is a finding, not a dead house.</summary>
static class Binding
{
    public static async Task<Socket> Bind(IPEndPoint at, SocketType type, ProtocolType protocol, Listener listener, TimeProvider clock, IFindings findings, CancellationToken stop)
    {
        while (true)
        {
            var socket = new Socket(at.AddressFamily, type, protocol);
            try
            {
                if (at.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = true;
                if (type == SocketType.Stream) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
                socket.Bind(at);
                listener.Address = socket.LocalEndPoint?.ToString() ?? at.ToString();
                listener.State = "";
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                listener.Address = at.ToString();
                listener.State = e.Message;
                findings.Raise("intake", new("INT020", $"{listener.Name} cannot listen on {at}: {e.Message}", "Stop the other program or choose another address.", listener.Name));
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stop);
            }
        }
    }

    /// <summary>IPv4 as IPv4, also when it came through a dual-stack socket.</summary>
    public static string ToPlainString(this IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
