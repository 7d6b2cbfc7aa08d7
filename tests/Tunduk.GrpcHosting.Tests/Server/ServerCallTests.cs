using System.IO.Pipelines;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.GrpcHosting.Tests.Server;

/// <summary>A call without a connection: what the transport does between two steps of it.</summary>
public sealed class ServerCallTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_StreamResetBeforeTheCallIsKnownToBeCancelled_IsCancelledAndNoFault(bool asBytes)
    {
        var logger = new Lines();
        DefaultHttpContext http = new();
        http.Features.Set<IRequestBodyPipeFeature>(new Reset());
        using ServerCall call = new(http, new GrpcServiceOptions(), TimeProvider.System, logger);

        await call.RunAsync(async read => await (asBytes ? ReadBytesAsync(read) : ReadAsync(read)));

        http.Response.Headers["grpc-status"].ToString().ShouldBe(((int)StatusCode.Cancelled).ToString());
        logger.Count.ShouldBe(0);
    }

    private static async Task ReadAsync(ServerCall call) => await call.ReadSingleAsync<HealthCheckRequest>();

    private static async Task ReadBytesAsync(ServerCall call) => await call.ReadSingleBytesAsync();

    private sealed class Reset : IRequestBodyPipeFeature
    {
        public Reset()
        {
            Pipe pipe = new();
            pipe.Writer.Complete(new IOException("The client reset the request stream."));
            Reader = pipe.Reader;
        }

        public PipeReader Reader { get; }
    }

    private sealed class Lines : ILogger
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Count++;
    }
}
