using System.Globalization;
using System.IO.Compression;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Server;

/// <summary>
/// One call on one HTTP/2 stream. The handler writes messages; the end (status and trailers) is written exactly once, by whichever
/// comes first: the handler's return or the deadline. After it nothing is written any more. Over 300 lines: what may write and what
/// ends the call must be seen together.
/// </summary>
internal sealed partial class ServerCall : IDisposable
{
    private readonly GrpcServiceOptions _options;
    private readonly ILogger _logger;
    private readonly MessageReader _reader;
    private readonly CompressionLevel? _compression;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _cancellation;
    private readonly CancellationTokenSource? _timer;
    private readonly Status? _refusal;
    private Action? _writeLast;
    private bool _wrote;
    private bool _ended;

    public ServerCall(HttpContext http, GrpcServiceOptions options, TimeProvider clock, ILogger logger)
    {
        Http = http;
        _options = options;
        _logger = logger;
        Context = new ServerCallContext(this);
        _reader = new MessageReader(http.Request.BodyReader, options.MaxReceiveMessageSize, http.Request.Headers[WireNames.Encoding],
            options.HoldMessage is { } hold ? bytes => hold(Context, bytes) : null, options.LongestPause, options.PauseClock);
        bool compress = options.ResponseCompressionAlgorithm == WireNames.Gzip
            && WireNames.Lists(http.Request.Headers[WireNames.AcceptEncoding].ToString(), WireNames.Gzip);
        _compression = compress ? options.ResponseCompressionLevel : null;
        _refusal = CallHeaders.Refuse(http.Request.Headers, out TimeSpan? timeout);
        if (timeout is not null)
        {
            Deadline = clock.GetUtcNow().UtcDateTime + timeout.Value;
            _timer = new CancellationTokenSource(timeout.Value, clock);
        }

        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _timer?.Token ?? CancellationToken.None);
    }

    public HttpContext Http { get; }
    public ServerCallContext Context { get; }
    public DateTime Deadline { get; private set; } = DateTime.MaxValue;
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Runs the handler to its end or to the deadline, and answers.</summary>
    public async Task RunAsync(Func<ServerCall, Task> handler)
    {
        PrepareHeaders();
        if (_refusal is { } refusal)
        {
            await EndAsync(refusal, []);
            return;
        }

        Task<(Status Status, Metadata? Trailers)> work = InvokeAsync(handler);
        await ((Task)work.WaitAsync(Cancellation)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCompleted)
        {
            (Status status, Metadata? trailers) = await work;
            await EndAsync(status, [.. Context.SetTrailers ?? [], .. trailers ?? []]);
            return;
        }

        // The handler has been told, but the caller does not wait for it; its trailers may still change and do not go out.
        await EndAsync(CancelledStatus(), []);
        if (!Http.RequestAborted.IsCancellationRequested)
        {
            await Http.Response.CompleteAsync();
        }

        // The HTTP context must not be reused while the handler may still look at it.
        await work;
    }

    public Metadata ReadRequestHeaders()
    {
        Metadata metadata = [];
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in Http.Request.Headers)
        {
            foreach (string? value in values)
            {
                MetadataCodec.AddReceived(metadata, name, value);
            }
        }

        return metadata;
    }

    /// <summary>The one request of a method that takes one.</summary>
    public ValueTask<T> ReadSingleAsync<T>() where T : class, IMessage<T>, new() => ReadSingleAsync(ParseAsync<T>);

    /// <summary>The same as bytes.</summary>
    public ValueTask<byte[]> ReadSingleBytesAsync() => ReadSingleAsync(token => FromCallerAsync(() => _reader.ReadBytesAsync(token)));

    private async ValueTask<T> ReadSingleAsync<T>(Func<CancellationToken, ValueTask<T?>> read) where T : class
    {
        _reader.IsSingle = true;
        T message = await read(Cancellation)
            ?? throw new RpcException(StatusCode.Unimplemented, "The method takes one message, none was sent.");
        return await read(Cancellation) is null
            ? message
            : throw new RpcException(StatusCode.Unimplemented, "The method takes one message, more were sent.");
    }

    public async ValueTask<T?> ReadAsync<T>(CancellationToken cancellationToken) where T : class, IMessage<T>, new()
    {
        using CancellationTokenSource? both = Join(cancellationToken);
        return await ParseAsync<T>(both?.Token ?? Cancellation);
    }

    private async ValueTask<T?> ParseAsync<T>(CancellationToken cancellationToken) where T : class, IMessage<T>, new()
    {
        try
        {
            return await FromCallerAsync(() => _reader.ReadAsync<T>(cancellationToken));
        }
        catch (RpcException e) when (e.InnerException is InvalidProtocolBufferException && _options.RefuseMalformedMessage is not null)
        {
            throw await _options.RefuseMalformedMessage(Context);
        }
    }

    // A caller that resets its stream fails the reading a moment before the call is known to be cancelled: it gave up, nothing else.
    private async ValueTask<T?> FromCallerAsync<T>(Func<ValueTask<T?>> read) where T : class
    {
        try
        {
            return await read();
        }
        catch (IOException e)
        {
            throw new RpcException(Status.DefaultCancelled, [], e);
        }
        catch (RpcException e) when (e.InnerException is TimeoutException && _options.RefuseStalledMessage is not null)
        {
            throw await _options.RefuseStalledMessage(Context);
        }
        catch (RpcException e) when (e.InnerException is OversizedMessageException && _options.RefuseOversizedMessage is not null)
        {
            throw await _options.RefuseOversizedMessage(Context);
        }
    }

    public async Task WriteHeadersAsync(Metadata headers)
    {
        await _writing.WaitAsync(Cancellation);
        try
        {
            ThrowIfEnded();
            if (_wrote)
            {
                throw new InvalidOperationException("The headers have been sent.");
            }

            _wrote = true;
            foreach (Metadata.Entry entry in headers)
            {
                Http.Response.Headers.Append(entry.Key, MetadataCodec.Encode(entry));
            }

            await Http.Response.BodyWriter.FlushAsync(Cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task WriteAsync(IMessage message, WriteOptions? options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource? both = Join(cancellationToken);
        CancellationToken either = both?.Token ?? Cancellation;
        await _writing.WaitAsync(either);
        try
        {
            ThrowIfEnded();
            WriteFlags flags = (options ?? Context.WriteOptions)?.Flags ?? WriteFlags.None;
            Write(message, flags);
            if ((flags & WriteFlags.BufferHint) == WriteFlags.None)
            {
                await Http.Response.BodyWriter.FlushAsync(either);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The one response; it leaves together with the trailers.</summary>
    public void WriteLast(IMessage message) =>
        KeepLast(() => Write(message ?? throw new InvalidOperationException("A handler returned no message."), Context.WriteOptions?.Flags ?? WriteFlags.None));

    /// <summary>The same as bytes.</summary>
    public void WriteLast(ReadOnlyMemory<byte> message) => KeepLast(() => WriteLastBytes(message));

    private void KeepLast(Action write)
    {
        if (Context.Status.StatusCode == StatusCode.OK && !Cancellation.IsCancellationRequested)
        {
            _writeLast = write;
        }
    }

    private void WriteLastBytes(ReadOnlyMemory<byte> message)
    {
        MessageWriter.Write(Http.Response.BodyWriter, message, _options.MaxSendMessageSize, _compression);
        _wrote = true;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _timer?.Dispose();
        _cancellation.Dispose();
        _writing.Dispose();
    }

    private void Write(IMessage message, WriteFlags flags)
    {
        MessageWriter.Write(Http.Response.BodyWriter, message, _options.MaxSendMessageSize,
            (flags & WriteFlags.NoCompress) == WriteFlags.None ? _compression : null);
        _wrote = true;
    }

    /// <summary>The call's token and the caller's, where that is another one.</summary>
    private CancellationTokenSource? Join(CancellationToken token) =>
        token.CanBeCanceled && token != Cancellation ? CancellationTokenSource.CreateLinkedTokenSource(Cancellation, token) : null;

    private void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new OperationCanceledException("The call has ended.", Cancellation);
        }
    }

    private void PrepareHeaders()
    {
        Http.Response.ContentType = WireNames.ContentType;
        Http.Response.Headers[WireNames.AcceptEncoding] = WireNames.Accepted;
        if (_compression is not null)
        {
            Http.Response.Headers[WireNames.Encoding] = WireNames.Gzip;
        }
    }

    private Status CancelledStatus() =>
        _timer is { IsCancellationRequested: true } ? new Status(StatusCode.DeadlineExceeded, "") : Status.DefaultCancelled;

    /// <summary>The edge: whatever the handler does becomes a status.</summary>
    private async Task<(Status Status, Metadata? Trailers)> InvokeAsync(Func<ServerCall, Task> handler)
    {
        try
        {
            await handler(this);
            return (Context.Status, null);
        }
        catch (RpcException e)
        {
            return (e.Status, e.Trailers);
        }
        catch (Exception) when (Cancellation.IsCancellationRequested)
        {
            return (CancelledStatus(), null);
        }
        catch (Exception e)
        {
            LogHandlerFailed(_logger, Context.Method, e);
            return (new Status(StatusCode.Unknown, _options.EnableDetailedErrors ? e.ToString() : "The service failed."), null);
        }
    }

    private async Task EndAsync(Status status, Metadata trailers)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            _ended = true;
            if (Http.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            if (_writeLast is not null && status.StatusCode == StatusCode.OK)
            {
                try
                {
                    _writeLast();
                }
                catch (RpcException e)
                {
                    status = e.Status;
                }
            }

            // An error before anything was written is one block of headers ("Trailers-Only").
            bool only = !_wrote && status.StatusCode != StatusCode.OK;
            if (only)
            {
                Http.Response.Headers.Remove(WireNames.Encoding);
            }

            void Add(string name, string value)
            {
                if (only)
                {
                    Http.Response.Headers.Append(name, value);
                }
                else
                {
                    Http.Response.AppendTrailer(name, value);
                }
            }

            Add(WireNames.Status, ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
            if (status.Detail.Length > 0)
            {
                Add(WireNames.Message, PercentEncoding.Encode(status.Detail));
            }

            foreach (Metadata.Entry entry in trailers)
            {
                Add(entry.Key, MetadataCodec.Encode(entry));
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "The gRPC method {Method} failed with an exception")]
    private static partial void LogHandlerFailed(ILogger logger, string method, Exception exception);
}
