using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>What one listener shows: its endpoints, and how it refuses. Refusing must work in any state of the adapter.</summary>
internal interface IListenerFace
{
    /// <summary>Registers what the endpoints need of the listener's own container.</summary>
    void AddParts(IServiceCollection parts)
    {
    }

    /// <summary>Maps the endpoints.</summary>
    void Map(WebApplication application);

    /// <summary>Writes a refusal in the dress of this listener.</summary>
    Task RefuseAsync(HttpContext context, ExchangeError error);
}
