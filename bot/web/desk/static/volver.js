// Hands the conversation over to the chat page, which keeps its secret for this tab alone.
const place = document.getElementById("volver");
sessionStorage.setItem("ventanilla.chat", JSON.stringify({ token: place.dataset.token }));
location.replace("/#m" + place.dataset.desde);
