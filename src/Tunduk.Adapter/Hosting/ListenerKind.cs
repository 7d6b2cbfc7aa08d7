namespace Tunduk.Adapter.Hosting;

/// <summary>The four listeners.</summary>
internal enum ListenerKind
{
    Is,
    Grpc,
    SecurityServer,
    Admin,
}
