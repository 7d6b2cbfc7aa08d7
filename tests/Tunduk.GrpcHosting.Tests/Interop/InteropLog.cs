using System.Threading.Channels;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.GrpcHosting.Tests.Interop;

/// <summary>The calls that reached the service, for tests that wait for one.</summary>
public sealed class InteropLog
{
    private readonly Channel<ServerCallContext> _calls = Channel.CreateUnbounded<ServerCallContext>();

    internal void Entered(ServerCallContext context) => _calls.Writer.TryWrite(context);

    internal ValueTask<ServerCallContext> NextAsync() => _calls.Reader.ReadAsync();
}
