using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Client;

/// <summary>
/// A call under way: write requests, <see cref="CompleteAsync"/>, read responses, in any interleaving the method permits. Every
/// failure is an <see cref="RpcException"/> with the status of the call; its end is known when <see cref="MoveNext"/> returned
/// false or threw. One writer and one reader at a time.
/// </summary>
public sealed class GrpcCall<TRequest, TResponse> : IAsyncStreamReader<TResponse>, IAsyncDisposable
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    private readonly GrpcChannelOptions _channel;
    private readonly GrpcCallOptions _options;
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource _cancellation;
    private readonly HttpRequestMessage _request;
    private readonly StreamedContent _content = new();
    private readonly Task<HttpResponseMessage> _response;
    private PipeWriter? _writer;
    private PipeReader? _pipe;
    private MessageReader? _reader;
    private TResponse? _current;
    private (Status Status, Metadata Trailers)? _end;
    private bool _fromServer;

    internal GrpcCall(HttpClient client, GrpcChannelOptions channel, MethodDescriptor method, GrpcCallOptions options, CancellationToken cancellationToken)
    {
        _channel = channel;
        _options = options;
        _request = new HttpRequestMessage(HttpMethod.Post, $"/{method.Service.FullName}/{method.Name}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = _content,
        };
        if (options.Timeout is { } timeout)
        {
            _request.Headers.TryAddWithoutValidation(WireNames.Timeout, GrpcTimeout.Format(timeout));
            _timer = new CancellationTokenSource(timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout, channel.TimeProvider);
        }

        _request.Headers.TryAddWithoutValidation("te", "trailers");
        _request.Headers.TryAddWithoutValidation("user-agent", "grpc-dotnet-tunduk/1");
        _request.Headers.TryAddWithoutValidation(WireNames.AcceptEncoding, WireNames.Accepted);
        if (options.Compress)
        {
            _request.Headers.TryAddWithoutValidation(WireNames.Encoding, WireNames.Gzip);
        }

        foreach (Metadata.Entry entry in options.Headers)
        {
            _request.Headers.TryAddWithoutValidation(entry.Key, MetadataCodec.Encode(entry));
        }

        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _timer?.Token ?? CancellationToken.None);
        _response = SendAsync(client);
    }

    /// <summary>The response that <see cref="MoveNext"/> found.</summary>
    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message.");

    /// <summary>The server's headers, when they arrive.</summary>
    public async Task<Metadata> GetResponseHeadersAsync()
    {
        HttpResponseMessage response = await ReceiveAsync();
        // An answer of headers alone ("Trailers-Only") has no initial metadata.
        return response.Headers.NonValidated.Contains(WireNames.Status) ? [] : TransportFaults.ReadMetadata(response.Headers);
    }

    /// <summary>The status, once the call has ended; before, a bug.</summary>
    public Status GetStatus() => _end?.Status ?? throw new InvalidOperationException("The call has not ended.");

    /// <summary>The trailers, once the call has ended; before, a bug.</summary>
    public Metadata GetTrailers() => _end?.Trailers ?? throw new InvalidOperationException("The call has not ended.");

    /// <summary>Sends one request; waits while the server is slow to read.</summary>
    public async Task WriteAsync(TRequest message)
    {
        try
        {
            _writer ??= PipeWriter.Create(await _content.Stream.WaitAsync(_cancellation.Token), new StreamPipeWriterOptions(leaveOpen: true));
            MessageWriter.Write(_writer, message, _channel.MaxSendMessageSize, _options.Compress ? CompressionLevel.Fastest : null);
            await _writer.FlushAsync(_cancellation.Token);
        }
        catch (RpcException)
        {
            await _cancellation.CancelAsync();
            throw;
        }
        catch (Exception e)
        {
            throw await FaultAsync(e);
        }
    }

    /// <summary>No more requests follow. Where the server has ended the call already, reading says how.</summary>
    public async Task CompleteAsync()
    {
        if (_writer is not null)
        {
            try
            {
                await _writer.CompleteAsync();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // Nothing can be sent any more, and nothing has to be.
            }
        }

        _content.Complete();
    }

    /// <summary>The next response; a cancelled token cancels the whole call.</summary>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_end is { } ended)
        {
            return ended.Status.StatusCode == StatusCode.OK ? false : throw new RpcException(ended.Status, ended.Trailers) { FromServer = _fromServer };
        }

        try
        {
            using CancellationTokenRegistration registration = cancellationToken.Register(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
            HttpResponseMessage response = await ReceiveAsync();
            if (response.Headers.NonValidated.Contains(WireNames.Status))
            {
                return End(TransportFaults.ReadStatus(response.Headers));
            }

            if (_reader is null)
            {
                string? encoding = response.Headers.NonValidated.TryGetValues(WireNames.Encoding, out var values) ? values.ToString() : null;
                _pipe = PipeReader.Create(await response.Content.ReadAsStreamAsync(_cancellation.Token));
                _reader = new MessageReader(_pipe, _channel.MaxReceiveMessageSize, encoding, _options.MayHold is null ? null : Hold);
            }

            _current = await _reader.ReadAsync<TResponse>(_cancellation.Token);
            return _current is not null || End(TransportFaults.ReadStatus(response.TrailingHeaders));
        }
        catch (RpcException e)
        {
            _end ??= (e.Status, e.Trailers);
            throw;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or SocketException or OperationCanceledException or HttpProtocolException)
        {
            _end = (Describe(e), []);
            throw new RpcException(_end.Value.Status, [], e) { NothingSent = !_content.IsLent };
        }
    }

    /// <summary>Cancels the call if it has not ended, and frees its stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cancellation.CancelAsync();
        _content.Abandon();
        if (_pipe is not null)
        {
            await _pipe.CompleteAsync();
        }

        await ((Task)_response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_response.IsCompletedSuccessfully)
        {
            (await _response).Dispose();
        }

        _request.Dispose();
        _cancellation.Dispose();
        _timer?.Dispose();
    }

    // Who asks keeps the count, and gives back when the answer is done with.
    private NotHeldHere Hold(int bytes) =>
        _options.MayHold!(bytes) ? NotHeldHere.Instance : throw new RpcException(StatusCode.ResourceExhausted, "There is no room for the message.");

    /// <summary>The one response of a method that gives one.</summary>
    internal async Task<TResponse> ReadSingleAsync(Task sent)
    {
        bool any;
        try
        {
            any = await MoveNext(CancellationToken.None);
        }
        catch (RpcException) when (sent is { IsFaulted: true, Exception.InnerException: RpcException { StatusCode: StatusCode.ResourceExhausted } })
        {
            // The request was too large to be sent: that, not the cancellation it caused, is the reason.
            await sent;
            throw;
        }

        TResponse? response = any ? Current : null;
        return response is not null && !await MoveNext(CancellationToken.None)
            ? response
            : throw new RpcException(StatusCode.Unimplemented, "The method gives one message, the server sent none or more.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client)
    {
        try
        {
            return await client.SendAsync(_request, HttpCompletionOption.ResponseHeadersRead, _cancellation.Token);
        }
        catch
        {
            _content.Abandon();
            throw;
        }
    }

    /// <summary>The response, if it is one of gRPC.</summary>
    private async Task<HttpResponseMessage> ReceiveAsync()
    {
        try
        {
            HttpResponseMessage response = await _response;
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new RpcException(TransportFaults.FromHttp(response.StatusCode), $"The server answered HTTP {(int)response.StatusCode}.");
            }

            return WireNames.IsGrpcContentType(response.Content.Headers.ContentType?.ToString())
                ? response
                : throw new RpcException(StatusCode.Unknown, "The server's answer is not gRPC.");
        }
        catch (Exception e) when (e is IOException or HttpRequestException or SocketException or OperationCanceledException)
        {
            throw new RpcException(Describe(e), [], e) { NothingSent = !_content.IsLent };
        }
    }

    private bool End((Status Status, Metadata Trailers)? end)
    {
        _current = null;
        _fromServer = end is not null;
        _end = end ?? (new Status(StatusCode.Unknown, "The server gave no status."), []);
        return _end.Value.Status.StatusCode == StatusCode.OK ? false : throw new RpcException(_end.Value.Status, _end.Value.Trailers) { FromServer = _fromServer };
    }

    /// <summary>A write failed: the reason is the call's, if the server has given one.</summary>
    private async Task<RpcException> FaultAsync(Exception e)
    {
        if (_response.IsCompletedSuccessfully && TransportFaults.ReadStatus((await _response).Headers) is { } refused)
        {
            return new RpcException(refused.Status, refused.Trailers, e) { FromServer = true };
        }

        return new RpcException(_response is { IsFaulted: true, Exception.InnerException: { } cause } ? Describe(cause) : Describe(e), [], e) { NothingSent = !_content.IsLent };
    }

    private Status Describe(Exception e)
    {
        if (_timer is { IsCancellationRequested: true })
        {
            return new Status(StatusCode.DeadlineExceeded, "");
        }

        return _cancellation.IsCancellationRequested ? Status.DefaultCancelled : TransportFaults.FromException(e);
    }

    private sealed class NotHeldHere : IDisposable
    {
        public static NotHeldHere Instance { get; } = new();

        public void Dispose()
        {
            // Nothing is held here.
        }
    }
}
