using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.SecurityServers;

/// <summary>Clients of security servers, made as the adapter makes them.</summary>
internal static class SecurityServerClients
{
    public static readonly byte[] Message = Encoding.UTF8.GetBytes("<message/>");

    public static AdapterOptions Options(params Uri[] addresses) => new()
    {
        SecurityServer = new SecurityServerOptions { Address = addresses[0].ToString(), FailOver = [.. addresses.Skip(1).Select(address => address.ToString())] },
    };

    public static SecurityServerClient Make(AdapterOptions options, TimeProvider? clock = null)
    {
        var faults = new List<SettingFault>();
        var client = SecurityServerClient.Create(options, path => path, clock ?? TimeProvider.System, faults);
        faults.ShouldBeEmpty();
        return client.ShouldNotBeNull();
    }

    public static Task<Outcome<SecurityServerReply>> PostAsync(this SecurityServerClient client, ServiceLimits? limits = null) =>
        client.SendAsync(SecurityServerRequest.Soap(Message, limits ?? new ServiceLimits("service")), CancellationToken.None);

    public static async Task<ExchangeError> RefusedAsync(this Task<Outcome<SecurityServerReply>> asking) => (await asking).Error.ShouldNotBeNull();

    public static async Task<string> AnsweredAsync(this Task<Outcome<SecurityServerReply>> asking)
    {
        var outcome = await asking;
        outcome.Error.ShouldBeNull();
        return Encoding.UTF8.GetString(outcome.Value!.Body.Span);
    }
}
