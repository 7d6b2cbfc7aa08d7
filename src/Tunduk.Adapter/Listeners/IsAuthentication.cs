using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Telemetry;

namespace Tunduk.Adapter.Listeners;

/// <summary>Who calls on <c>Listen:Is</c>. What it refuses is counted; nobody is known behind it.</summary>
internal sealed class IsAuthentication(AdapterOptions options, CallerDoor door, UnauthenticatedRefusals refusals, AdapterMetrics metrics)
{
    public Outcome<Caller> Authenticate(HttpContext context, CallerFace face)
    {
        var outcome = door.Enter(context, ["is"], options.Listen.AllowIsUnauthenticated ? Caller.Anonymous : null, face);
        var error = outcome.Error;
        if (error is null)
        {
            return outcome;
        }

        metrics.Unauthenticated("is");
        refusals.Count("is", context.Connection.RemoteIpAddress, error);
        return error;
    }
}
