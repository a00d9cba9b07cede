// The reference: socket.io's own server, doing for a room what ours does without keeping anything.
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer((_request, response) => response.end("ok"));
const io = new Server(http, { transports: ["websocket"], serveClient: false });
let seq = 0;

io.on("connection", (socket) => {
  socket.on("subscribe", ({ channel }, answer) => {
    socket.join(channel);
    answer({ ok: true, seq, messages: [], more: false });
  });
  socket.on("bench.say", ({ channel, body }, answer) => {
    seq += 1;
    const message = { channel, seq, kind: "bench.said", at: new Date().toISOString(), data: { body } };
    io.to(channel).emit("message", [message]);
    answer({ ok: true });
  });
});

http.listen(Number(process.argv[2]), "127.0.0.1", 4096);
