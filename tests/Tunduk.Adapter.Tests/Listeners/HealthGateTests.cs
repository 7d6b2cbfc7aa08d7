using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Listeners;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>Health asks for no key, so its calls are bounded in number; checks and watches do not take each other's places.</summary>
public sealed class HealthGateTests
{
    [Theory]
    [InlineData("Check", "Watch")]
    [InlineData("Watch", "Check")]
    public async Task Pass_AllPlacesTaken_RefusesItsOwnKindUntilOneIsFree(string kind, string other)
    {
        var gate = new HealthGate(TimeProvider.System);
        var open = new TaskCompletionSource();
        var under = Enumerable.Range(0, HealthGate.Most).Select(_ => PassAsync(gate, kind, open.Task)).ToList();

        (await PassAsync(gate, kind, Task.CompletedTask)).ShouldBe(ExchangeCodes.Overloaded);
        (await PassAsync(gate, other, Task.CompletedTask)).ShouldBeNull("another kind has places of its own");

        open.SetResult();
        (await Task.WhenAll(under)).ShouldAllBe(code => code == null);
        (await PassAsync(gate, kind, Task.CompletedTask)).ShouldBeNull();
    }

    // The code it was refused with; null: it was let through, and has ended.
    private static async Task<string?> PassAsync(HealthGate gate, string method, Task ends)
    {
        string? code = null;
        var context = new DefaultHttpContext { Request = { Path = "/grpc.health.v1.Health/" + method } };
        await gate.PassAsync(context, _ => ends, (_, error) =>
        {
            code = error.Code;
            return Task.CompletedTask;
        });
        return code;
    }
}
